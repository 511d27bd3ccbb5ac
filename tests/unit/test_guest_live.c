/* The law of the live table: a field of a running guest costs no more than "live" where there is a
 * way to change it while the guest runs, and where there is none, it costs more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kinds/guests_live.h"

struct walk {
	struct arena *arena;
	struct text wrong;
	unsigned looked;
};

/* What is compared with a running guest, and is no business of a way's (guests_plan.c). */
static bool is_compared(const char *path, const struct field *field)
{
	unsigned elsewhere = FIELD_PLAIN | FIELD_NOT_RUNNING;

	return !(field->flags & elsewhere) && strcmp(path, "state") != 0;
}

static void look(struct walk *walk, const char *path, const struct field *field)
{
	bool way = guest_live_way(path) != NULL, cheap = field->change <= CLASS_LIVE;

	walk->looked++;
	if (way && !cheap)
		text_addf(&walk->wrong, "%s has a live way and says %s\n", path,
			  class_name(field->change));
	if (!way && cheap && is_compared(path, field))
		text_addf(&walk->wrong, "%s says %s and has no live way\n", path,
			  class_name(field->change));
}

static void walk_record(struct walk *walk, const struct record *record, const char *above)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const char *path = arena_printf(walk->arena, "%s%s", above, field->name);
		if (field->flags & FIELD_NOT_RUNNING && field->form == FORM_RECORD)
			continue;
		if (field->form == FORM_MAP)
			path = arena_printf(walk->arena, "%s.any", path);
		if (field->form != FORM_RECORD)
			look(walk, path, field);
		if (field->record)
			walk_record(walk, field->record, arena_printf(walk->arena, "%s.", path));
	}
}

static void a_field_costs_what_its_way_says(void **state)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct walk walk = { .arena = arena, .wrong = text_of(arena) };

	(void)state;
	walk_record(&walk, &guest_record, "");
	assert_true(walk.looked > 500);
	if (walk.wrong.size)
		fail_msg("\n%s", walk.wrong.at);
}

/* A row for a field that does not exist is never gone. */
static void every_way_leads_to_a_field(void **state)
{
	const struct live_ways *const tables[] = { &guest_setting_ways, &guest_device_ways };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		for (size_t j = 0; j < tables[i]->count; j++) {
			const struct live_way *way = &tables[i]->at[j];
			if (!record_find(&guest_record, way->path))
				fail_msg("there is no field %s", way->path);
			assert_ptr_equal(guest_live_way(way->path), way);
		}
	}
}

static void a_star_is_one_name(void **state)
{
	(void)state;
	assert_non_null(guest_live_way("nics.lan.link_state"));
	assert_non_null(guest_live_way("nics.lan"));
	assert_null(guest_live_way("nics"));
	assert_null(guest_live_way("nics.lan.link_state.more"));
	assert_null(guest_live_way("nics.lan.link"));
	assert_null(guest_live_way("nics.lan.model"));
	assert_null(guest_live_way("firmware"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_costs_what_its_way_says),
		cmocka_unit_test(every_way_leads_to_a_field),
		cmocka_unit_test(a_star_is_one_name),
	};

	return cmocka_run_group_tests_name("guest live", tests, NULL, NULL);
}
