/* formats/json: JSON text and trees, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/json.h"

struct fixture {
	struct arena *arena;
	struct faults faults;
};

static int setup(void **state)
{
	struct fixture *fixture = test_malloc(sizeof(*fixture));

	fixture->arena = arena_new();
	faults_init(&fixture->faults, fixture->arena);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	test_free(fixture);
	return 0;
}

static const char *again(struct fixture *fixture, const char *json, bool pretty)
{
	struct node *node = NULL;
	struct text text = text_of(fixture->arena);

	if (json_read(fixture->arena, json, strlen(json), &node, &fixture->faults) < 0)
		return fault_last(&fixture->faults)->message;
	json_write(&text, node, pretty);
	return text.at;
}

static void values_survive_reading_and_writing(void **state)
{
	static const char *const texts[] = {
		"{\"a\":[1,-2.50,true,false,null,\"1\",\"true\",\"\"],\"b\":{},\"c\":[]}",
		"18446744073709551615",
		"-9223372036854775808",
		"\"line\\nquote\\\" back\\\\slash \\u0001 \xc3\xbc\"",
		"{\"\":{\"a b\":\"c\"}}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_string_equal(again(*state, texts[i], false), texts[i]);
}

static void pretty_text_has_one_member_a_line(void **state)
{
	assert_string_equal(again(*state, "{\"a\":1,\"b\":[\"x\",{}],\"c\":[]}", true),
			    "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    {}\n  ],\n  \"c\": []\n}");
}

static void only_plain_scalars_that_json_knows_are_bare(void **state)
{
	struct fixture *fixture = *state;
	static const char *const strings[] = { "012", "1.",   ".5",  "1e", "+1", "0x1",
					       "no",  "True", "nan", "-",  "1 ", "" };
	static const char *const bare[] = {
		"0", "-1", "10", "1.50", "1e3", "2E-7", "true", "false"
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		struct text text = text_of(fixture->arena);
		json_write(&text, node_scalar(fixture->arena, strings[i]), false);
		assert_int_equal(text.at[0], '"');
	}
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++) {
		struct text text = text_of(fixture->arena);
		json_write(&text, node_scalar(fixture->arena, bare[i]), false);
		assert_string_equal(text.at, bare[i]);
	}
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct text text = text_of(fixture->arena);

	json_write_string(&text, "a\xff\xc3(\xed\xa0\x80\xf0\x9f\x98\x80\xc3");
	assert_string_equal(text.at,
			    "\"a\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\xf0\x9f\x98\x80\\ufffd\"");
}

static void masked_scalars_are_not_written(void **state)
{
	struct fixture *fixture = *state;
	struct text text = text_of(fixture->arena);
	struct node *node = node_scalar(fixture->arena, "hunter2");

	node->masked = true;
	json_write(&text, node, false);
	assert_string_equal(text.at, "\"******\"");
}

static void malformed_text_is_a_fault_with_its_line(void **state)
{
	static const char *const texts[] = {
		"",       "{",          "{\n\"a\" 1}", "[1,]",  "{\"a\":1} x",   "tru",
		"\"open", "[\"\xff\"]", "01",          "{a:1}", "\"a\\u0000b\"", "'a'",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct node *node = NULL;
		assert_int_equal(json_read(fixture->arena, texts[i], strlen(texts[i]), &node,
					   &fixture->faults),
				 -1);
		assert_int_equal(fixture->faults.count, i + 1);
		assert_null(node);
	}
	assert_non_null(strstr(again(fixture, "{\n\"a\" 1}", false), "line 2 is not valid JSON"));
	assert_non_null(strstr(again(fixture, "[1", false), "ends too early"));
}

static void depth_is_bounded(void **state)
{
	char deep[2 * JSON_DEPTH_MAX + 3] = "";

	memset(deep, '[', JSON_DEPTH_MAX + 1);
	memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_non_null(strstr(again(*state, deep, false), "not valid JSON"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_survive_reading_and_writing, setup,
						teardown),
		TEST(pretty_text_has_one_member_a_line),
		cmocka_unit_test_setup_teardown(only_plain_scalars_that_json_knows_are_bare, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bytes_that_are_not_utf8_are_replaced, setup,
						teardown),
		TEST(masked_scalars_are_not_written),
		cmocka_unit_test_setup_teardown(malformed_text_is_a_fault_with_its_line, setup,
						teardown),
		TEST(depth_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
