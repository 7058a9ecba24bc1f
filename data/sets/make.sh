#!/usr/bin/env bash
# Writes the CSV files of this folder again, from R's package `datasets` (Debian: r-base-core) and from word lists
# (Debian: wamerican-small, wdutch, wpolish, wspanish).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

Rscript --vanilla - << 'R'
export <- function(series, column, file) {
  # R keeps the time as a decimal year; half a month keeps floor() away from rounding.
  year <- floor(time(series) + 1 / 24)
  table <- data.frame(month = sprintf("%d-%02d", year, cycle(series)), value = c(series))
  names(table) <- c("month", column)
  write.csv(table, file, row.names = FALSE, quote = FALSE)
}
export(datasets::sunspots, "sunspots", "sunspots.csv")
export(datasets::AirPassengers, "passengers", "airline_passengers.csv")
R

# Of each language 600 words in small letters, three or more, evenly spread over the sorted list.
words() {  # language, file
  LC_ALL=C.UTF-8 grep -P '^\p{Ll}{3,}$' "/usr/share/dict/$2" | LC_ALL=C sort -u > words.tmp
  awk -v count="$(wc -l < words.tmp)" -v language="$1" \
    'int(NR * 600 / count) > int((NR - 1) * 600 / count) { print language "," $0 }' words.tmp
  rm words.tmp
}
{
  echo language,word
  words dutch dutch
  words english american-english-small
  words polish polish
  words spanish spanish
} > words.csv
