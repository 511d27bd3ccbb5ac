/* document/: the tree of a text, its marks, and each fault with its exact place. */
#include "document_help.h"

struct row {
	const char *text, *expected;
};

static void check_trees(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct parsed parsed = parse(arena, rows[i].text);
		assert_string_equal(faults_text(arena, &parsed.faults, "x.yaml"), "");
		assert_string_equal(tree_text(arena, parsed.root), rows[i].expected);
	}
}

static void check_faults(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct parsed parsed = parse(arena, rows[i].text);
		assert_string_equal(faults_text(arena, &parsed.faults, "x.yaml"), rows[i].expected);
	}
}

static void a_text_becomes_a_tree(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "{}" },
		{ "# nothing\n", "{}" },
		{ "---\n", "~" },
		{ "word", "word" },
		{ "a: 1\nb: {c: [x, y], d: {}}\n", "{a: 1, b: {c: [x, y], d: {}}}" },
		{ "a:\n- x\n- y: 1\n  z: 2\n", "{a: [x, {y: 1, z: 2}]}" },
		{ "\xef\xbb\xbf"
		  "a: 1\nb: 2\n",
		  "{a: 1, b: 2}" },
		{ "%YAML 1.2\n---\na: 1\n...\n", "{a: 1}" },
		{ "a: 1\r\nb: 2\r\n", "{a: 1, b: 2}" },
		{ "a: one\n  two\n\n  three\n", "{a: one two\nthree}" },
		{ "a: |\n  x\n    y\n", "{a: \"x\n  y\n\"}" },
		{ "a: b:c\nd: x#y\n", "{a: b:c, d: x#y}" },
		{ "\"null\": 1\n'~': 2\n\"<<\": 3\n", "{null: 1, ~: 2, <<: 3}" },
		{ "? a\n? b\n: c\n", "{a: ~, b: c}" },
	};
	check_trees(rows, COUNT_OF(rows));
}

static void scalars_stay_text_and_only_plain_nothing_is_null(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "[no, 0123, 1e3, 12:30, 0x1F, .inf, =, 2001-01-01, True]",
		  "[no, 0123, 1e3, 12:30, 0x1F, .inf, =, 2001-01-01, True]" },
		{ "a:\nb: ~\nc: null\n", "{a: ~, b: ~, c: ~}" },
		{ "a: ''\nb: '~'\nc: \"null\"\nd: Null\ne: NULL\n",
		  "{a: \"\", b: \"~\", c: \"null\", d: Null, e: NULL}" },
		{ "- |\n", "[\"\"]" },
	};
	check_trees(rows, COUNT_OF(rows));
}

static void aliases_and_merge_keys_are_expanded(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: &x 1\nb: *x\n*x : c\n", "{a: 1, b: 1, 1: c}" },
		{ "a: &x [1, {b: 2}]\nc: *x\n", "{a: [1, {b: 2}], c: [1, {b: 2}]}" },
		{ "a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}" },
		{ "a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3, m: 4}\n",
		  "{a: {k: 1, l: 2}, b: {l: 2, k: 3, m: 4}}" },
		{ "a: &x {k: 1}\nb: {m: 4, <<: *x, k: 3}\n", "{a: {k: 1}, b: {m: 4, k: 3}}" },
		{ "a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y], z: 0}\n",
		  "{a: {k: 1}, b: {k: 2, l: 3}, c: {k: 1, l: 3, z: 0}}" },
		{ "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n",
		  "{a: {k: 1}, b: {k: 1, l: 2}, c: {k: 1, l: 2}}" },
		{ "a: {<<: &x {k: 1}, l: 2}\nb: *x\n", "{a: {k: 1, l: 2}, b: {k: 1}}" },
		{ "a: &x {k: {l: 1}}\nb: {<<: *x, k: {m: 2}}\n",
		  "{a: {k: {l: 1}}, b: {k: {m: 2}}}" },
		{ "a: &x {k: 1}\nb: {<<: *x, k: ~}\n", "{a: {k: 1}, b: {k: ~}}" },
	};
	check_trees(rows, COUNT_OF(rows));
}

static void marks_count_characters_from_one(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "# \xc3\xa4\nk\xc3\xa4se: {b: \xe2\x82\xac, c: d}\n"
					    "e:\n  f: 1\n  g:\n");
	const struct node *first = parsed.root->first, *inner = first->first->next;
	const struct node *e = node_get(parsed.root, "e"), *g = node_get(e, "g");

	assert_string_equal(first->mark.file, "x.yaml");
	assert_int_equal(first->key_mark.line, 2);
	assert_int_equal(first->key_mark.column, 1);
	assert_int_equal(first->mark.column, 7);
	assert_int_equal(inner->key_mark.column, 14);
	assert_int_equal(inner->mark.column, 17);
	assert_int_equal(e->mark.line, 4); /* a block mapping begins at its first key */
	assert_int_equal(e->mark.column, 3);
	assert_int_equal(g->mark.line, 5); /* nothing: right after the colon */
	assert_int_equal(g->mark.column, 5);
}

static void marks_of_an_expansion_are_those_of_its_anchor(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "a: &x {k: 1}\nb: *x\nc: {<<: *x}\n");
	const struct node *b = node_get(parsed.root, "b"), *c = node_get(parsed.root, "c");

	assert_int_equal(b->key_mark.line, 2);
	assert_int_equal(b->mark.line, 1);
	assert_int_equal(b->first->key_mark.column, 8);
	assert_int_equal(c->mark.line, 3);
	assert_int_equal(c->first->key_mark.line, 1);
}

static void keys_given_twice_show_both_places(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a: 1\na: 2\n", "2:1: \"a\" is given twice (1:1: first given here)" },
		{ "a: 1\na: 2\na: 3\n", "2:1: \"a\" is given twice (1:1: first given here)\n"
					"3:1: \"a\" is given twice (1:1: first given here)" },
		{ "a: {x: 1, x: 2}\nb:\n  - {y: 1, \"y\": 2}\n",
		  "1:11: \"x\" is given twice (1:5: first given here)\n"
		  "3:12: \"y\" is given twice (3:6: first given here)" },
		{ "a: {x: 1}\nb: {x: 1}\n", "" },
		{ "a: &x {k: 1}\nb: {<<: *x, <<: *x}\n",
		  "2:13: \"<<\" is given twice (2:5: first given here) "
		  "[merge a list: <<: [*one, *two]]" },
	};
	check_faults(rows, COUNT_OF(rows));
}

static void both_values_of_a_doubled_key_stay_in_the_tree(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "a: {x: 1}\na: {y: 2}\n");

	assert_int_equal(parsed.result, -1);
	assert_string_equal(tree_text(arena, parsed.root), "{a: {x: 1}, a: {y: 2}}");
	assert_string_equal(node_find(parsed.root, "a.x")->text, "1");
}

static void many_doubled_keys_are_all_found(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	for (int i = 0; i < 20000; i++)
		text_addf(&text, "guest-%d: {vcpus: 2}\n", i % 15000);
	struct parsed parsed = parse(arena, text.at);
	assert_int_equal(parsed.faults.count, 5000);
	assert_int_equal(parsed.faults.first->mark.line, 15001);
	assert_int_equal(parsed.faults.first->also.line, 1);
	assert_int_equal(fault_last(&parsed.faults)->also.line, 5000);
}

static void wrong_aliases_and_merges_are_named(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "base: &base 1\nb: *bse\n",
		  "2:4: alias \"*bse\" has no anchor before it [did you mean \"*base\"?]" },
		{ "a: *x\nb: &x 1\n", "1:4: alias \"*x\" has no anchor before it "
				      "[quote the value if \"*\" is meant as it stands]" },
		{ "a: &x [1, *x]\n",
		  "1:11: alias \"*x\" stands inside what it names (1:4: the anchor is here)" },
		{ "a: &x {b: {<<: *x}}\n",
		  "1:16: alias \"*x\" stands inside what it names (1:4: the anchor is here)" },
		{ "a: {<<: 3}\n",
		  "1:9: \"<<\" takes a mapping or a list of mappings, not a scalar" },
		{ "a: {<<: }\n", "1:9: \"<<\" takes a mapping or a list of mappings, not nothing" },
		{ "a: &x {k: 1}\nb: {<<: [*x, 7, [*x]]}\n",
		  "2:14: \"<<\" takes a mapping or a list of mappings, not a scalar\n"
		  "2:17: \"<<\" takes a mapping or a list of mappings, not a list" },
		{ "a: &x [1]\n*x : 2\n", "2:1: a key must be a word, not a list" },
	};
	check_faults(rows, COUNT_OF(rows));
}

static void tags_documents_and_odd_keys_are_refused(void **state)
{
	(void)state;
#define TAG_HINT " [leave it out, or quote the value if \"!\" is meant]"
#define KEY_HINT " [quote it if its text is meant]"
	static const struct row rows[] = {
		{ "a: !!str b\n", "1:4: tag \"!!str\" is refused" TAG_HINT },
		{ "a: !foo {b: 1}\nc: !<x:y> [1]\n", "1:4: tag \"!foo\" is refused" TAG_HINT
						     "\n2:4: tag \"!<x:y>\" is refused" TAG_HINT },
		{ "a: ! b\nc: ! 'd'\ne: &f ! g\nh: !\n",
		  "1:4: tag \"!\" is refused" TAG_HINT "\n2:4: tag \"!\" is refused" TAG_HINT
		  "\n3:4: tag \"!\" is refused" TAG_HINT "\n4:4: tag \"!\" is refused" TAG_HINT },
		{ "a: &f !!int 3\n", "1:4: tag \"!!int\" is refused" TAG_HINT },
		{ "a: !b!c 1\n", "1:4: tag \"!b!c\" is refused" TAG_HINT },
		{ "!x k: 1\n", "1:1: tag \"!x\" is refused" TAG_HINT },
		{ "a: '!b'\nc: x!\n", "" },
		{ "a: 1\n---\nb: 2\n",
		  "2:1: a second document in one file is refused (1:1: the first begins here)" },
		{ "---\na: 1\n...\n---\n",
		  "4:1: a second document in one file is refused (1:1: the first begins here)" },
		{ "[a]: 1\n{b: 1}: 2\n? [c]\n: 3\n",
		  "1:1: a key must be a word, not a list" KEY_HINT
		  "\n2:1: a key must be a word, not a mapping" KEY_HINT
		  "\n3:3: a key must be a word, not a list" KEY_HINT },
		{ "~: 1\nnull: 2\n", "1:1: a key must be a word, not nothing "
				     "[quote it if the word is meant: \"null\"]\n"
				     "2:1: a key must be a word, not nothing "
				     "[quote it if the word is meant: \"null\"]" },
		{ "[a, b]: {c: 1, c: 2}\n",
		  "1:1: a key must be a word, not a list" KEY_HINT
		  "\n1:16: \"c\" is given twice (1:10: first given here)" },
	};
	check_faults(rows, COUNT_OF(rows));
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t size;
		const char *expected;
	} rows[] = {
		{ "a: b\0c\n", 7, "1:5: a NUL byte is refused" },
		{ "a: 1\nb: \xff\n", 11, "2:4: byte 0xff is no valid UTF-8" },
		{ "\xc3\xa4: \xc3", 5, "1:4: byte 0xc3 is no valid UTF-8" },
		{ "a: \xc0\x80\n", 6, "1:4: byte 0xc0 is no valid UTF-8" },
		{ "a: \xed\xa0\x80\n", 7, "1:4: byte 0xed is no valid UTF-8" },
		{ "a\r\nb\rc: \x1b[0m\n", 13,
		  "3:4: the character U+001B is refused [in double quotes, write \\x1b]" },
		{ "a: \xe2\x80\xa8\n", 7,
		  "1:4: the character U+2028 is refused [in double quotes, write \\u2028]" },
		{ "a: \xc2\x85\n", 6,
		  "1:4: the character U+0085 is refused [in double quotes, write \\x85]" },
		{ "\xff\xfe"
		  "a\0",
		  4, "1:1: the file is UTF-16, only UTF-8 is read" },
		{ "a: \"\\0\"\n", 8, "1:4: a NUL character is refused" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct parsed parsed = parse_bytes(arena, rows[i].text, rows[i].size);
		assert_string_equal(faults_text(arena, &parsed.faults, "x.yaml"), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_becomes_a_tree),
		cmocka_unit_test(scalars_stay_text_and_only_plain_nothing_is_null),
		cmocka_unit_test(aliases_and_merge_keys_are_expanded),
		cmocka_unit_test(marks_count_characters_from_one),
		cmocka_unit_test(marks_of_an_expansion_are_those_of_its_anchor),
		cmocka_unit_test(keys_given_twice_show_both_places),
		cmocka_unit_test(both_values_of_a_doubled_key_stay_in_the_tree),
		cmocka_unit_test(many_doubled_keys_are_all_found),
		cmocka_unit_test(wrong_aliases_and_merges_are_named),
		cmocka_unit_test(tags_documents_and_odd_keys_are_refused),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
