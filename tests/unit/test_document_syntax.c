/* document/: what libyaml stumbles over, said for people, at the place to mend. */
#include "document_help.h"

struct row {
	const char *text, *expected;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct parsed parsed = parse(arena, rows[i].text);
		assert_string_equal(faults_text(arena, &parsed.faults, "x.yaml"), rows[i].expected);
	}
}

#define TAB " a tab stands where spaces must indent [indent with spaces]"

static void tabs_are_named(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a:\n\tb: 1\n", "2:1:" TAB },          { "a:\n  b: 1\n  \tc: 2\n", "3:3:" TAB },
		{ "a: 1\n\tb: 2\n", "2:1:" TAB },        { "a:\n- x\n\t- y\n", "3:1:" TAB },
		{ "a: |\n\tb\n", "2:1:" TAB },           { "a: 1\n\t# note\nb: 2\n", "2:1:" TAB },
		{ "a: \"x\ty\"\nb: x\ty\nc:\t1\n", "" },
	};
	check(rows, COUNT_OF(rows));
}

#define BEGINS_HERE "the mapping begins here)"
#define ITEMS       " [items of one list stand in one column, each after \"- \"]"
#define MORE        " this line is read as more of the value above it [indent it like the key above]"

static void indentation_is_explained(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a:\n  b: 1\n c: 2\n",
		  "3:2: this line is indented like nothing above it, column 1 is expected "
		  "(1:1: " BEGINS_HERE },
		{ "a:\n    b: 1\n  c: 2\n",
		  "3:3: this line is indented like nothing above it, column 1 is expected "
		  "(1:1: " BEGINS_HERE },
		{ "a:\n  b: 1\n   c: 2\n", "3:4:" MORE },
		{ "foo\nbar: 1\n", "2:1:" MORE },
		{ "a: x\n  b: y\n", "2:3:" MORE },
		{ "x: >-\n  foo\n bar: 1\n",
		  "3:2: this line is indented like nothing above it, column 1 is expected "
		  "(1:1: " BEGINS_HERE },
		{ "a: 1\n- b\n", "2:1: a list item stands where a key is expected "
				 "(1:1: " BEGINS_HERE },
		{ "- a\nb: c\n",
		  "2:1: a list item was expected here (1:1: the list begins here)" ITEMS },
		{ "a:\n  - b: 1\n   c: 2\n",
		  "3:4: a list item was expected here (2:3: the list begins here)" ITEMS },
		{ "  a: 1\nb: 2\n", "2:1: text stands after the end of the document "
				    "[all keys of the file stand in one column, in one mapping]" },
		{ "a: - b\n", "1:4: a list item is not allowed here "
			      "[begin a list on a line of its own, below its key]" },
	};
	check(rows, COUNT_OF(rows));
}

#define QUOTE " [put it in quotes]"

static void quotes_and_brackets_are_traced_to_their_begin(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: \"foo\nb: 1\nc: 2\n", "1:4: the quote that opens here is never closed" },
		{ "a: 1\nb: 'it\n", "2:4: the quote that opens here is never closed" },
		{ "a: 'x\n---\n", "1:4: the quote that opens here is never closed" },
		{ "a: 'it's'\n", "1:8: text stands after the end of the value "
				 "[put the whole value in quotes]" },
		{ "a: \"b\" c\n", "1:8: text stands after the end of the value "
				  "[put the whole value in quotes]" },
		{ "a: [1, 2\n", "1:4: the \"[\" that opens here is never closed" },
		{ "a: {b: [c]\n\n", "1:4: the \"{\" that opens here is never closed" },
		{ "a: [1, 2\nb: 3\n",
		  "2:2: a \",\" or \"]\" is missing here (1:4: the list opens here)" },
		{ "a: {b: [1, 2}\n",
		  "1:13: a \",\" or \"]\" is missing here (1:8: the list opens here)" },
		{ "a: {b: 1 c: 2}\n",
		  "1:11: a \",\" or \"}\" is missing here (1:4: the mapping opens here)" },
		{ "a: [1]]\n", "1:7: nothing opens this \"]\"" },
		{ "a: }\n", "1:4: nothing opens this \"}\"" },
		{ "a: [1, , 2]\n", "1:8: a value is missing here" },
		{ "a: {{ name }}\n", "1:5: a key must be a word, not a mapping "
				     "[there are no templates; quote it if its text is meant]" },
	};
	check(rows, COUNT_OF(rows));
}

static void single_characters_are_explained(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: @b\n", "1:4: a value may not begin with \"@\"" QUOTE },
		{ "a: `b\n", "1:4: a value may not begin with \"`\"" QUOTE },
		{ "a: %b\n", "1:4: a value may not begin with \"%\"" QUOTE },
		{ "a: b: c\n", "1:5: a \":\" is not allowed here "
			       "[quote a value that holds \": \"]" },
		{ "a: 1\nb\nc: 2\n", "2:1: a \": \" is missing after this key" },
		{ "a: 1\nb:2\n", "2:1: a \": \" is missing after this key "
				 "[a space follows the \":\" of a key]" },
		{ "a:\n  b:1\n  c: 2\n", "2:3: a \": \" is missing after this key "
					 "[a space follows the \":\" of a key]" },
		{ "- 1\n-2\n", "2:1: a \": \" is missing after this key "
			       "[a space follows the \"-\" of a list item]" },
		{ ": a\n", "1:1: a key is missing here" },
		{ "a: * * *\n", "1:4: the name of an alias is missing after \"*\" "
				"[quote the value if \"*\" is meant as it stands]" },
		{ "a: & b\n", "1:4: the name of an anchor is missing after \"&\" "
			      "[quote the value if \"&\" is meant as it stands]" },
		{ "a: \"C:\\disk\"\n", "1:7: no such escape after \"\\\" in double quotes "
				       "[double the \"\\\", or use single quotes]" },
		{ "a: \"\\xfg\"\n", "1:7: hexadecimal digits are missing after \"\\\"" },
		{ "a: \"\\ud800\"\n", "1:7: the escape after \"\\\" is no character" },
		{ "a: | b\n  c\n", "1:6: text may not follow \"|\" or \">\" on the same line "
				   "[begin it on the next line]" },
		{ "a: |0\n  b\n", "1:5: the indentation of a block of text is at least 1" },
		{ "%YAML 1.3\n---\na: 1\n", "1:1: only YAML 1.1 and 1.2 are read" },
		{ "%YAML x\n---\na: 1\n",
		  "1:7: no valid YAML: did not find expected version number" },
	};
	check(rows, COUNT_OF(rows));
}

static void faults_before_the_syntax_error_are_kept(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "a: 1\na: 2\nb: *c\nd: !!str e\nf: {g: 1, h: [2\n");

	assert_string_equal(faults_text(arena, &parsed.faults, "x.yaml"),
			    "2:1: \"a\" is given twice (1:1: first given here)\n"
			    "3:4: alias \"*c\" has no anchor before it "
			    "[quote the value if \"*\" is meant as it stands]\n"
			    "4:4: tag \"!!str\" is refused "
			    "[leave it out, or quote the value if \"!\" is meant]\n"
			    "5:14: the \"[\" that opens here is never closed");
	assert_string_equal(tree_text(arena, parsed.root),
			    "{a: 1, a: 2, b: ~!, d: e!, f: {g: 1, h: [2]!}!}!");
}

static void merge_keys_before_the_syntax_error_are_kept(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "a: &x {k: 1}\nb: {<<: *x, l: 2");

	assert_string_equal(tree_text(arena, parsed.root), "{a: {k: 1}, b: {k: 1, l: 2}!}!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tabs_are_named),
		cmocka_unit_test(indentation_is_explained),
		cmocka_unit_test(quotes_and_brackets_are_traced_to_their_begin),
		cmocka_unit_test(single_characters_are_explained),
		cmocka_unit_test(faults_before_the_syntax_error_are_kept),
		cmocka_unit_test(merge_keys_before_the_syntax_error_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
