/* Every field of a guest that stands in its XML, alone: written, and read back as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/domain.h"
#include "schema/field.h"

enum { DEPTH_MOST = 12 };

struct walk {
	const struct field *steps[DEPTH_MOST];
	size_t depth;
	unsigned tried, failed;
};

static const char *path_of(struct arena *arena, const struct walk *walk)
{
	struct text text = text_of(arena);

	for (size_t i = 0; i < walk->depth; i++)
		text_addf(&text, "%s%s", i ? "." : "", walk->steps[i]->name);
	return text.at;
}

/* Not of the XML, or what an import says in another field (disks.source for path, ...). */
static bool is_elsewhere(const char *path, const struct field *field)
{
	static const char *const others[] = {
		"name",
		"uuid",
		"secure_boot",
		"guest_agent",
		"tpm",
		"rng",
		"cloud_init",
		"autostart",
		"state",
		"libvirt_xml",
		"serial",
		"cpu.nested",
		"memory.node",
		"vcpus.count",
		"nics.vlan",
		"memory.page_size",
		"nics.network",
		"nics.address",
		"nics.source.network",
		"hostdevs",
	};

	if (field->flags & (FIELD_PLAIN | FIELD_IMPLIED) || field->type == &type_secret)
		return true;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (strcmp(path, others[i]) == 0 ||
		    (string_starts(path, others[i]) && path[strlen(others[i])] == '.'))
			return true;
	return false;
}

static const char *sample_of(const struct field *field)
{
	static const struct {
		const struct type *type;
		const char *text;
	} samples[] = {
		{ &type_flag, "true" },  { &type_count, "3" },
		{ &type_number, "5" },   { &type_bytes, "8MiB" },
		{ &type_cpus, "1-2,7" }, { &type_rate, "4MiB/s" },
		{ &type_path, "/a/b" },  { &type_mac, "52:54:00:00:00:09" },
	};

	if (field->least > 3)
		return "1500";
	if (field->choices)
		return field->choices[1] ? field->choices[1] : field->choices[0];
	for (size_t i = 0; i < COUNT_OF(samples); i++)
		if (samples[i].type == field->type)
			return samples[i].text;
	return "word";
}

/* The record that holds the last step's field, made on the way (`make`) or found. */
static void *value_at(struct arena *arena, const struct walk *walk, void *value, bool make)
{
	for (size_t i = 0; i + 1 < walk->depth; i++) {
		const struct field *field = walk->steps[i];
		struct map *map = field_at(field, value);
		if (field->form == FORM_RECORD)
			value = field_at(field, value);
		else if (make)
			value = map_add(arena, map, field->record, "1");
		else if (map->count)
			value = map->at[0].value;
		else
			return NULL;
	}
	return value;
}

static const struct record *record_at(const struct walk *walk)
{
	return walk->depth > 1 ? walk->steps[walk->depth - 2]->record : &guest_record;
}

static void leaf_set(struct arena *arena, const struct walk *walk, void *value, bool second)
{
	const struct field *field = walk->steps[walk->depth - 1];
	struct node *node = node_quoted(arena, sample_of(field));
	struct faults faults;

	faults_init(&faults, arena);
	node->quoted = false;
	if (second && field->type == &type_flag)
		node->text = "false";
	if (field_read(arena, field, node, field_at(field, value), &faults) < 0)
		fail_msg("%s: %s", path_of(arena, walk), faults.first->message);
	field_give(record_at(walk), field, value, true);
}

static bool leaf_holds(struct arena *arena, const struct walk *walk, bool second)
{
	const struct field *field = walk->steps[walk->depth - 1];
	struct guest *guest = record_new(arena, &guest_record);
	struct guest *again = record_new(arena, &guest_record);
	struct domain_identity identity;
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	SET(&guest_record, guest, defaults, "libvirt");
	void *value = value_at(arena, walk, guest, true);
	leaf_set(arena, walk, value, second);
	const struct domain_writing writing = { .guest = guest, .handle = "a" };
	assert_int_equal(domain_write(&text, &writing, &faults), 0);
	assert_int_equal(domain_import(arena, text.at, again, &identity, &faults), 0);
	void *read = value_at(arena, walk, again, false);
	/* what is not there is said by saying nothing */
	bool absent = second && !strstr(text.at, "=\"no\"") && !strstr(text.at, "=\"off\"");
	bool holds = absent || (read && record_given(record_at(walk), read, field->offset) &&
				field_equal(field, field_in(field, value), field_in(field, read)));
	if (!holds)
		print_message("%s is lost in\n%s\n", path_of(arena, walk), text.at);
	return holds;
}

static void leaf_try(struct walk *walk)
{
	ARENA_AUTO struct arena *arena = arena_new();
	const struct field *field = walk->steps[walk->depth - 1];

	if (is_elsewhere(path_of(arena, walk), field))
		return;
	walk->tried++;
	walk->failed += !leaf_holds(arena, walk, false);
	if (field->type == &type_flag)
		walk->failed += !leaf_holds(arena, walk, true);
}

static void record_try(struct walk *walk, const struct record *record)
{
	assert_true(walk->depth < DEPTH_MOST);
	for (size_t i = 0; i < record->field_count; i++) {
		walk->steps[walk->depth++] = &record->fields[i];
		if (record->fields[i].record)
			record_try(walk, record->fields[i].record);
		else
			leaf_try(walk);
		walk->depth--;
	}
}

static void every_field_reads_back(void **state)
{
	(void)state;
	struct walk walk = {};

	record_try(&walk, &guest_record);
	print_message("%u fields\n", walk.tried);
	assert_int_equal(walk.failed, 0);
	assert_true(walk.tried > 1000);
}

/* GIVEN_WORDS bounds a record: none comes near. */
static void records_have_room_to_grow(void **state)
{
	(void)state;
	assert_true(guest_record.field_count < 100);
	assert_true(guest_disk_record.field_count < 100);
	assert_true(guest_nic_record.field_count < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_reads_back),
		cmocka_unit_test(records_have_room_to_grow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
