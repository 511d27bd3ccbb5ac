/* report: what people read of a plan: what goes is not listed field by field, of long values the
 * part that differs is shown. */
#include "kinds_help.h"

#include "report/parts.h"

#define KEPT "volumes: {data: {size: 10MiB, format: raw}}"

static const char *printed(struct lab *lab, bool verbose)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct reporter reporter = {
		.out = out, .err = out, .arena = lab->arena, .verbose = verbose
	};

	assert_non_null(out);
	output_text.plan(&reporter, &lab->plan);
	fclose(out);
	const char *copy = arena_strdup(lab->arena, text);
	free(text);
	return copy;
}

static void what_goes_is_told_in_one_line_and_how_to_keep_it(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "volumes: {data: {size: 10MiB, format: raw}}\n"), "");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "pools: {default: {}}\n");
	lab_plan(lab);
	assert_true(string_starts(printed(lab, false),
				  "- volumes.data                         remove  destroys-data\n"
				  "    note: with all that is in it; to keep it, describe it: " KEPT
				  "\n"
				  "1 to change; class destroys-data; plan "));
	assert_non_null(strstr(printed(lab, true), "    size "));
	/* what is advised is so */
	lab_describe(lab, KEPT "\n");
	assert_string_equal(lab_plan(lab), "");
}

static const char *difference(struct lab *lab, const char *old, const char *new)
{
	struct text text = text_of(lab->arena);

	path_text(&text, &(struct path){ .kind = PATH_SET,
					 .where = IN_CONFIGURED | IN_RUNNING,
					 .path = "rules",
					 .old = old,
					 .new = new });
	return text.at;
}

#define FORTY   "0123456789012345678901234567890123456789"
#define EIGHTY  FORTY FORTY
#define HUNDRED EIGHTY "01234567890123456789"

static void of_long_values_the_difference_is_seen(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(difference(lab, "a", "b"), "a -> b");
	assert_string_equal(difference(lab, NULL, "b"), "b");
	assert_string_equal(difference(lab, FORTY "a", FORTY "b"), FORTY "a -> " FORTY "b");
	assert_string_equal(difference(lab, EIGHTY "a", EIGHTY "b"),
			    "...890123456789a -> ...890123456789b");
	assert_string_equal(difference(lab, "a" EIGHTY, "b"), "a" FORTY "0123456789012345... -> b");
	/* never from the middle of a character */
	assert_string_equal(difference(lab,
				       HUNDRED "\u00e9"
					       "01234567890a",
				       HUNDRED "\u00e9"
					       "01234567890b"),
			    "...\u00e9"
			    "01234567890a -> ...\u00e9"
			    "01234567890b");
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(what_goes_is_told_in_one_line_and_how_to_keep_it),
		LAB_TEST(of_long_values_the_difference_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
