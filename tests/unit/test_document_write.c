/* document/: what is written is read back to an equal tree. */
#include "document_help.h"

static const char *written(struct arena *arena, const struct node *node)
{
	struct text text = text_of(arena);

	node_write_yaml(&text, node);
	return text.at;
}

static struct node *reread(struct arena *arena, const char *yaml)
{
	struct parsed parsed = parse(arena, yaml);

	if (parsed.result < 0)
		fail_msg("%s\n%s", yaml, faults_text(arena, &parsed.faults, "x.yaml"));
	return parsed.root;
}

/* The law: write, read: equal; write again: the same bytes. */
static void check_law(struct arena *arena, const struct node *node, bool quotes)
{
	const char *first = written(arena, node);
	const struct node *back = reread(arena, first);

	if (!node_equal(node, back, quotes))
		fail_msg("%s\n---\n%s\n---\n%s", tree_text(arena, node), first,
			 tree_text(arena, back));
	assert_string_equal(written(arena, back), first);
}

static void the_layout_is_block_style(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "{a: 1, b: {c: [x, y], d: {}, e: []}, f: ~}",
		  "a: 1\nb:\n  c:\n    - x\n    - y\n  d: {}\n  e: []\nf: null\n" },
		{ "[a, [b, c], {d: 1, e: [f]}]", "- a\n- - b\n  - c\n- d: 1\n  e:\n    - f\n" },
		{ "{}", "{}\n" },
		{ "a: 'no'", "a: \"no\"\n" },
		{ "a: \"x\\ny\\n\"", "a: |\n  x\n  y\n" },
		{ "a: {b: \"x\\n  y\"}", "a:\n  b: |-\n    x\n      y\n" },
		{ "- \" x\\n\\n\"", "- |2+\n   x\n\n" },
		{ "mac: 52:54:00:00:20:0a", "mac: 52:54:00:00:20:0a\n" },
		{ "'a: b': 1\n'': 2\n'#': 3\n'null': 4\n\"<<\": 5\n",
		  "\"a: b\": 1\n\"\": 2\n\"#\": 3\n\"null\": 4\n\"<<\": 5\n" },
		{ "\xc3\xa4: \xe2\x82\xac", "\xc3\xa4: \xe2\x82\xac\n" },
		{ "a: \"\\e[0m\\x85\\u2028\\U0001f600\"",
		  "a: \"\\e[0m\\x85\\u2028\xf0\x9f\x98\x80\"\n" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		const struct node *node = reread(arena, rows[i].text);
		assert_string_equal(written(arena, node), rows[i].expected);
		check_law(arena, node, true);
	}
}

static const char *const nasty[] = {
	"",
	" ",
	"  ",
	"a",
	"null",
	"~",
	"Null",
	"true",
	"no",
	"0123",
	"1e3",
	"12:30",
	"-",
	"-1",
	"--",
	"---",
	"--- a",
	"...",
	"... a",
	".",
	"- a",
	"-a",
	"?",
	"? a",
	"?a",
	":",
	": a",
	":a",
	"a:",
	"a: b",
	"a:b",
	"a :b",
	"#",
	"# a",
	"a #b",
	"a# b",
	"a#",
	"[",
	"]",
	"{",
	"}",
	"[a]",
	"{a: b}",
	",",
	",a",
	"a, b",
	"&",
	"&a",
	"*",
	"*a",
	"!",
	"!a",
	"!!str a",
	"|",
	"|-",
	">",
	">a",
	"'",
	"''",
	"'a'",
	"\"",
	"\"a\"",
	"a\"b",
	"a'b",
	"%",
	"%a",
	"@",
	"@a",
	"`",
	"`a",
	"=",
	"<<",
	" a",
	"a ",
	"\ta",
	"a\t",
	"a\tb",
	"a\\b",
	"\\",
	"\\n",
	"\n",
	"\n\n",
	"\n \n",
	" \n",
	"a\n",
	"a\n\n",
	"a\n\n\n",
	"\na",
	"\n\na\n",
	" a\nb",
	"a\n b",
	"a\n  b\n c\n",
	"a\n\n\nb",
	"a\n \nb",
	"a\n  ",
	"a\n  \n",
	"a \nb ",
	"\ta\nb",
	"a\n\tb\n",
	"a\n\t\n",
	"  a\n b\n\n",
	"# a\nb: c\n",
	"---\n...\n",
	"- a\n- b\n",
	"a\r\nb",
	"a\r",
	"\r",
	"a\rb\n",
	"\x01",
	"\x1b[31m",
	"\x7f",
	"a\nb\x7f\n",
	"\xc2\x85",
	"a\n\xe2\x80\xa8\n",
	"\xef\xbb\xbf",
	"\xef\xbb\xbf"
	"a\nb",
	"\xc3\xa4\xc3\xb6",
	"\xe4\xb8\xad\xe6\x96\x87",
	"\xf0\x9f\x98\x80",
	"\xc2\xa0",
	"\xc2\xa0"
	"a\nb",
	"\xe2\x80\x8b",
	"\xef\xbf\xbf",
	"a: 'b'\n\"c\": d\n\n",
	"x\n\n# y\n\n  z\n\n",
	"ssh-ed25519 AAAA... ada",
	"<devices><sound model='ich9'/></devices>\n",
	"https://a.example/b?c=d#e",
};

static void add_place(struct arena *arena, struct node *root, const char *text, bool quoted)
{
	struct node *list = node_put(arena, root, "list", node_list(arena));
	struct node *deep = node_put(arena, root, "deep", node_map(arena));
	struct node *items = node_put(arena, deep, "items", node_list(arena));
	struct node *(*make)(struct arena *, const char *) = quoted ? node_quoted : node_scalar;

	node_append(list, make(arena, text));
	node_put(arena, node_append(list, node_map(arena)), "k", make(arena, text));
	node_append(node_append(list, node_list(arena)), make(arena, text));
	node_put(arena, deep, "v", make(arena, text));
	node_append(items, make(arena, text));
	node_append(items, node_scalar(arena, "after"));
	node_put(arena, root, *text ? text : "(empty)", node_scalar(arena, "as a key"));
	node_put(arena, root, "last", make(arena, text));
}

static void nasty_scalars_survive_in_every_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(nasty); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct node *root = node_map(arena);
		bool quoted = i % 2;
		add_place(arena, root, nasty[i / 2], quoted);
		check_law(arena, root, quoted);
		check_law(arena,
			  quoted ? node_quoted(arena, nasty[i / 2])
				 : node_scalar(arena, nasty[i / 2]),
			  quoted);
	}
}

/* All short texts over what YAML minds. */
static void short_texts_survive(void **state)
{
	(void)state;
	static const char letters[] = "a \n\t:-#'\"|,&\\";
	size_t many = sizeof(letters) - 1;

	for (size_t i = 0; i < many * many * many * many; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		struct node *root = node_map(arena);
		char text[5] = { letters[i % many], letters[i / many % many],
				 letters[i / many / many % many],
				 letters[i / many / many / many % many] };
		node_put(arena, root, text, node_scalar(arena, text));
		node_append(node_put(arena, root, "list", node_list(arena)),
			    node_quoted(arena, text));
		check_law(arena, root, false);
	}
}

static void long_texts_and_keys_survive(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const size_t sizes[] = { 899, 900, 901, 1023, 1024, 1025, 5000, 100000 };

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct node *root = node_map(arena);
		char *word = arena_alloc(arena, sizes[i] + 1);
		memset(word, 'a', sizes[i]);
		node_put(arena, root, word, node_scalar(arena, word));
		word[sizes[i] / 2] = ' ';
		struct node *map = node_put(arena, root, "map", node_map(arena));
		node_put(arena, node_put(arena, map, word, node_map(arena)), "x", node_null(arena));
		word[sizes[i] / 2] = '"';
		struct node *inner = node_map(arena);
		node_put(arena, inner, word, node_list(arena));
		node_append(inner->first, node_quoted(arena, word));
		node_put(arena, root, word, inner);
		word[sizes[i] / 2] = '\n';
		node_put(arena, root, word, node_scalar(arena, word));
		check_law(arena, root, false);
	}
}

static void what_was_read_is_written_with_its_quotes(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"a: no\nb: 'no'\nc: \"no\"\nd: >\n  folded\n  text\n\n  more\ne: |+\n  kept\n\n",
		"a: &x {k: 1}\nb: {<<: *x, l: 2}\n",
		"a: plain, with - some:things' \"in\" it\n",
		"- -1\n- ?x\n- :y\n- a:b\n- a#b\n- /dev/sda\n- 0000:41:00.0\n- fd00:20::/64\n",
		"x: http://a.example:80/\ny: 2-7,10,^3\nz: [1, {a: [b]}]\n",
	};
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		check_law(arena, reread(arena, texts[i]), false);
	}
}

static void secrets_are_masked_and_bad_bytes_replaced(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct node *root = node_map(arena);

	node_put(arena, root, "password", node_scalar(arena, "hunter2"))->masked = true;
	struct node *secret = node_put(arena, root, "secret", node_map(arena));
	node_put(arena, secret, "file", node_scalar(arena, "key"));
	secret->masked = true;
	node_put(arena, root, "bytes", node_scalar(arena, "a\xff\nb"));
	assert_string_equal(written(arena, root), "password: \"******\"\nsecret: \"******\"\n"
						  "bytes: \"a\xef\xbf\xbd\\nb\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_is_block_style),
		cmocka_unit_test(nasty_scalars_survive_in_every_place),
		cmocka_unit_test(short_texts_survive),
		cmocka_unit_test(long_texts_and_keys_survive),
		cmocka_unit_test(what_was_read_is_written_with_its_quotes),
		cmocka_unit_test(secrets_are_masked_and_bad_bytes_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
