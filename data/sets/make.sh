#!/usr/bin/env bash
# Writes the CSV files of this folder again from R's package `datasets` (Debian: r-base-core).
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
