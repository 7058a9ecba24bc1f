# What Doxygen gets to see of a header: comments behind a member document it, fenced and indented comments are listings, and
# parts that are included inside a class (*.inc) are there.
function show(line) {
  if (line !~ /NOLINT|namespace/ && match(line, /[;,]  +\/\/ /)) {
    line = substr(line, 1, RSTART) "  ///< " substr(line, RSTART + RLENGTH)
  }
  if (line ~ /^ *\/\/\/ ```/) {  # Doxygen stumbles over a comment inside a fence
    fenced = !fenced
    sub(/```.*/, "", line)
    sub(/ +$/, "", line)
  } else if (fenced) {
    sub(/\/\/\/ ?/, "///         ", line)
  }
  listing = line ~ /^ *\/\/\/  +[^ ]/ && (listing || after_blank)
  after_blank = line ~ /^ *\/\/\/$/
  if (listing) sub(/\/\/\/  /, "///        ", line)
  print line
}
match($0, /^#include "rondo\/.*\.inc"$/) {
  path = substr($0, 17, length($0) - 17)
  while ((getline line < path) > 0) show(line)
  close(path)
  next
}
{ show($0) }
