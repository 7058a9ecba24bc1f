# Functions of more than 50 lines. It knows them by the indentation that clang-format gives: a function ends with a brace
# of its own, as far to the right as its first line.
#   awk -f check_function_length.awk FILE …
FNR == 1 { split("", first); split("", text) }
match($0, /^ */) && RLENGTH < length($0) && RLENGTH <= 4 {
  indent = RLENGTH
  line = substr($0, indent + 1)
  if (line == "}") {
    length_ = FNR - first[indent] + 1
    if (length_ > 50 && text[indent] !~ /^(if|for|while|switch|else|do|try|case|default|namespace|struct|class|enum|union|extern|\{)/) {
      printf "%s:%d: %d lines: %s\n", FILENAME, first[indent], length_, text[indent]
      found = 1
    }
  } else if (line !~ /^[})\/#]/ && line !~ /^(requires|explicit operator)/) {
    first[indent] = FNR
    text[indent] = line
  }
}
END { exit found }
