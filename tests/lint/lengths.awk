# Reports long functions and files: awk -v refuse=80 -v most=40 -f lengths.awk FILE...
# Fails on a function over `refuse` lines or a file over `file_refuse`.
FNR == 1 { file_end(); name = ""; inside = 0 }
function file_end() {
	if (last_file != "") {
		if (last_lines > file_refuse) { print last_file ": " last_lines " lines, refused over " file_refuse; bad = 1 }
		else if (last_lines > file_most) print last_file ": " last_lines " lines"
	}
}
{ last_file = FILENAME; last_lines = FNR }
/^[a-zA-Z_].*\(/ && !/;[ \t]*$/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^{/ { inside = 1; start = FNR; next }
/^}/ && inside {
	inside = 0
	lines = FNR - start - 1
	functions++
	if (lines > refuse) { print FILENAME ":" start ": " name "() has " lines " lines, refused over " refuse; bad = 1 }
	else if (lines > most) print FILENAME ":" start ": " name "() has " lines " lines"
}
END { file_end(); exit bad }
