/* document/: the line and the caret. */
#include "document_help.h"

static const char *excerpt(struct arena *arena, const char *text, unsigned line, unsigned column)
{
	struct parsed parsed = { .arena = arena };
	struct text shown = text_of(arena);

	sources_init(&parsed.sources, arena);
	faults_init(&parsed.faults, arena);
	parsed.result = document_parse(&parsed.sources, "x.yaml", text, strlen(text), &parsed.root,
				       &parsed.faults);
	document_excerpt(&shown, &parsed.sources, (struct mark){ "x.yaml", line, column });
	return shown.at;
}

static void the_caret_stands_under_the_column(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned line, column;
		const char *expected;
	} rows[] = {
		{ "a: 1\nb: 2\n", 2, 4, "    b: 2\n       ^\n" },
		{ "a: 1\nb: 2\n", 1, 1, "    a: 1\n    ^\n" },
		{ "a: 1\r\nb: 2\r\n", 1, 5, "    a: 1\n        ^\n" },
		{ "a:\n", 1, 3, "    a:\n      ^\n" },
		{ "a: 1\nb: 2", 2, 4, "    b: 2\n       ^\n" },
		{ "\xef\xbb\xbf"
		  "a: 1\n",
		  1, 4, "    a: 1\n       ^\n" },
		{ "a: x\ty\n", 1, 6, "    a: x    y\n            ^\n" },
		{ "\ta: 1\n", 1, 2, "            a: 1\n            ^\n" },
		{ "a: \xc3\xa4 b\n", 1, 6, "    a: \xc3\xa4 b\n         ^\n" },
		{ "a: \xe4\xb8\xad\xe6\x96\x87 b\n", 1, 7,
		  "    a: \xe4\xb8\xad\xe6\x96\x87 b\n            ^\n" },
		{ "a: e\xcc\x81 b\n", 1, 7, "    a: e\xcc\x81 b\n         ^\n" },
		{ "a: \x1b[0m\n", 1, 4, "    a: \xef\xbf\xbd[0m\n       ^\n" },
		{ "a: \xff b\n", 1, 6, "    a: \xef\xbf\xbd b\n         ^\n" },
		{ "a: '\xe2\x80\xae'\n", 1, 1, "    a: '\xef\xbf\xbd'\n    ^\n" },
		{ "a: 1\n", 2, 1, "" },
		{ "a: 1\n", 3, 1, "" },
		{ "a: 1\n", 0, 0, "" },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		assert_string_equal(excerpt(arena, rows[i].text, rows[i].line, rows[i].column),
				    rows[i].expected);
	}
}

static void an_unknown_file_has_no_excerpt(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct sources sources;
	struct text text = text_of(arena);

	sources_init(&sources, arena);
	document_excerpt(&text, &sources, (struct mark){ "x.yaml", 1, 1 });
	document_excerpt(&text, &sources, (struct mark){});
	assert_string_equal(text.at, "");
	assert_null(sources_find(&sources, NULL));
}

/* A line of "0123456789" over and over, and what must be seen of it. */
static void long_lines_are_cut_around_the_column(void **state)
{
	(void)state;
	static const unsigned columns[] = { 1, 10, 71, 72, 73, 150, 300, 999, 1000, 1001 };

	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		char *line = arena_alloc(arena, 1001);
		for (int j = 0; j < 1000; j++)
			line[j] = (char)('0' + j % 10);
		const char *shown = excerpt(arena, line, 1, columns[i]);
		const char *end = strchr(shown, '\n'), *caret = strchr(shown, '^');
		size_t width = (size_t)(end - shown), at = (size_t)(caret - end - 1);
		assert_in_range(width, 40, 103);
		assert_in_range(at, 4, width);
		if (columns[i] <= 1000)
			assert_int_equal(shown[at], '0' + (columns[i] - 1) % 10);
		assert_int_equal(strstr(shown, "...") == shown + 4, columns[i] > 72);
		assert_int_equal(strncmp(end - 3, "...", 3) == 0, columns[i] < 900);
	}
}

static void wide_characters_are_never_cut_in_two(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text line = text_of(arena);

	for (int i = 0; i < 200; i++)
		text_add(&line, i % 2 ? "x" : "\xe4\xb8\xad");
	for (unsigned column = 1; column <= 201; column++) {
		const char *shown = excerpt(arena, line.at, 1, column);
		const char *end = strchr(shown, '\n');
		size_t width = 0;
		for (const char *at = shown; at < end; at++)
			width += (*at & 0xc0) != 0x80;
		for (const char *at = shown; at < end; at++)
			width += *at == '\xe4';
		assert_in_range(width, 40, 103);
	}
}

static void lines_are_found(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, "a: 1\r\n\r\n# b\rc: 2\n\n");
	const struct source *source = sources_find(&parsed.sources, "x.yaml");

	assert_string_equal(source_line(arena, source, 1), "a: 1");
	assert_string_equal(source_line(arena, source, 2), "");
	assert_string_equal(source_line(arena, source, 3), "# b");
	assert_string_equal(source_line(arena, source, 4), "c: 2");
	assert_string_equal(source_line(arena, source, 5), "");
	assert_string_equal(source_line(arena, source, 6), "");
	assert_null(source_line(arena, source, 7));
	assert_null(source_line(arena, source, 0));
	assert_int_equal(parsed.root->last->key_mark.line, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_caret_stands_under_the_column),
		cmocka_unit_test(an_unknown_file_has_no_excerpt),
		cmocka_unit_test(long_lines_are_cut_around_the_column),
		cmocka_unit_test(wide_characters_are_never_cut_in_two),
		cmocka_unit_test(lines_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
