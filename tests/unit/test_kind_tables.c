/* Every kind's tables: each row reads, prints, explains and documents itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "resource/kind.h"
#include "schema/record.h"

static void no_row_of_any_kind_is_wrong(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text wrong = text_of(arena);

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		struct faults faults = {};
		faults_init(&faults, arena);
		record_lint((*kind)->record, &faults);
		for (const struct fault *fault = faults.first; fault; fault = fault->next)
			text_addf(&wrong, "%s: %s\n", (*kind)->path, fault->message);
	}
	if (wrong.size)
		fail_msg("\n%s", wrong.at);
}

/* Whether every property of a schema says what it is. */
static void check_described(const char *path, const struct node *schema)
{
	const struct node *properties = node_get(schema, "properties");

	if (!properties)
		return;
	NODE_EACH(property, properties) {
		const struct node *help = node_get(property, "description");
		if (!help || !*help->text)
			fail_msg("%s.%s: no description", path, property->key);
		check_described(property->key, property);
	}
}

static void every_kind_has_a_schema_that_explains(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		check_described((*kind)->path, record_schema(arena, (*kind)->record, NULL));
		check_described((*kind)->path, record_schema_partial(arena, (*kind)->record, NULL));
	}
}

static void a_new_item_of_any_kind_equals_itself(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (const struct kind *const *kind = kinds; *kind; kind++) {
		const struct record *record = (*kind)->record;
		const void *none = record_new(arena, record);
		struct paths paths = { .arena = arena };
		assert_true(record_equal(record, none, record_merge(arena, record, none, none)));
		assert_int_equal(record_print(arena, record, none, true)->count, 0);
		record_compare(record, none, none, none, IN_CONFIGURED | IN_RUNNING, &paths);
		assert_int_equal(paths.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_row_of_any_kind_is_wrong),
		cmocka_unit_test(every_kind_has_a_schema_that_explains),
		cmocka_unit_test(a_new_item_of_any_kind_equals_itself),
	};

	return cmocka_run_group_tests_name("kind tables", tests, NULL, NULL);
}
