# Enforces hostd/ROOMS: awk -f rooms.awk ROOMS FILE...  (run inside hostd/)
FILENAME ~ /(^|\/)ROOMS$/ {
	if ($1 == "room") {
		name = substr($2, 1, length($2) - 1)
		room[name] = 1
		may[name, name] = 1
		for (i = 3; i <= NF; i++) may[name, $i] = 1
	} else if ($1 == "library" || $1 == "call") {
		name = substr($2, 1, length($2) - 1)
		list = " "
		for (i = 3; i <= NF; i++) list = list $i " "
		if ($1 == "library") library[name] = list; else call[name] = list
	}
	next
}
function room_of(path,   at) {
	at = path
	while (match(at, /\/[^\/]*$/)) {
		at = substr(at, 1, RSTART - 1)
		if (at in room) return at
	}
	return ""
}
function complain(text) {
	print "hostd/" FILENAME ":" FNR ": " text
	bad = 1
}
FNR == 1 {
	here = room_of(FILENAME)
	if (here == "" && FILENAME ~ /\//) complain("no room of this name in ROOMS")
	comment = 0
}
/^#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	to = room_of(part[2])
	if (to == "") { if (part[2] !~ /\//) complain("include \"" part[2] "\" by its room: \"ROOM/" part[2] "\"") }
	else if (!((here, to) in may)) complain(here "/ may not use " to "/")
	next
}
/^#[ \t]*include[ \t]*</ {
	split($0, part, /[<>]/)
	for (name in library)
		if (index(part[2], name) == 1 && index(library[name], " " here " ") == 0)
			complain(here "/ may not use <" part[2] ">")
	next
}
{
	line = $0
	if (comment) { if (!sub(/^.*\*\//, "", line)) next; comment = 0 }
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, "", line)
	sub(/\/\/.*/, "", line)
	if (sub(/\/\*.*/, "", line)) comment = 1
	for (name in call)
		if (line ~ ("(^|[^A-Za-z0-9_.>])" name "[ \t]*\\(") \
		    && index(call[name], " " here " ") == 0 && index(call[name], " " FILENAME " ") == 0)
			complain(here "/ may not call " name "()")
}
END { exit bad }
