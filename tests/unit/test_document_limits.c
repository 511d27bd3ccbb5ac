/* document/: what is too large or too deep is refused early, and large files are read. */
#include "base/index.h"
#include "document_help.h"

static const char *first_fault(const struct parsed *parsed)
{
	if (!parsed->faults.first)
		return "";
	return arena_printf(parsed->arena, "%u:%u: %s", parsed->faults.first->mark.line,
			    parsed->faults.first->mark.column, parsed->faults.first->message);
}

static void a_bomb_of_aliases_is_refused(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	text_add(&text, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
	for (int i = 1; i < 20; i++) {
		text_addf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			text_addf(&text, "%s*a%d", j ? ", " : "", i - 1);
		text_add(&text, "]\n");
	}
	text_add(&text, "later: 1\nlater: 2\n");
	struct parsed parsed = parse(arena, text.at);
	assert_string_equal(first_fault(&parsed),
			    "6:25: more than 500000 values through aliases in one file");
	assert_int_equal(parsed.faults.count, 1);
}

static void a_bomb_of_merge_keys_is_refused(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	text_add(&text, "a: &a {");
	for (int i = 0; i < 1000; i++)
		text_addf(&text, "k%d: [1, 2, 3, 4, 5, 6, 7, 8, 9], ", i);
	text_add(&text, "}\n");
	for (int i = 0; i < 1000; i++)
		text_addf(&text, "b%d: {<<: *a}\n", i);
	struct parsed parsed = parse(arena, text.at);
	assert_non_null(strstr(first_fault(&parsed),
			       "more than 500000 values through aliases in one file"));
	assert_int_equal(parsed.faults.count, 1);
}

static const char *nested(struct arena *arena, unsigned depth)
{
	struct text text = text_of(arena);

	for (unsigned i = 0; i < depth; i++)
		text_add(&text, "[");
	for (unsigned i = 0; i < depth; i++)
		text_add(&text, "]");
	return text.at;
}

static void depth_is_limited(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct parsed parsed = parse(arena, nested(arena, DOCUMENT_DEPTH_MAX));

	assert_int_equal(parsed.result, 0);
	parsed = parse(arena, nested(arena, DOCUMENT_DEPTH_MAX + 1));
	assert_string_equal(first_fault(&parsed), "1:65: more than 64 levels of nesting");
	parsed = parse(arena, nested(arena, 100000));
	assert_string_equal(first_fault(&parsed), "1:65: more than 64 levels of nesting");
}

static void depth_counts_through_aliases(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	text_addf(&text, "a: &a %s\nb: ", nested(arena, 40));
	for (int i = 0; i < 30; i++)
		text_add(&text, "[");
	text_add(&text, "*a");
	struct parsed parsed = parse(arena, text.at);
	assert_non_null(strstr(first_fault(&parsed), "more than 64 levels of nesting"));
	assert_int_equal(parsed.faults.count, 1);
}

static void nodes_are_limited(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	for (int i = 0; i < DOCUMENT_NODES_MAX; i++)
		text_add(&text, "- \n");
	struct parsed parsed = parse(arena, text.at);
	assert_string_equal(first_fault(&parsed),
			    "1000000:2: more than 1000000 values in one file");
	parsed = parse_bytes(arena, text.at, text.size - 3);
	assert_int_equal(parsed.result, 0);
	assert_int_equal(parsed.root->count, DOCUMENT_NODES_MAX - 1);
}

static void faults_are_limited(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	for (int i = 0; i < DOCUMENT_FAULTS_MAX + 100; i++)
		text_add(&text, "a: 1\n");
	struct parsed parsed = parse(arena, text.at);
	assert_int_equal(parsed.faults.count, DOCUMENT_FAULTS_MAX + 2);
	assert_string_equal(fault_last(&parsed.faults)->message,
			    "more than 10000 mistakes in one file");
}

static void bytes_are_limited(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	char *text = arena_alloc(arena, DOCUMENT_BYTES_MAX + 2);

	memset(text, '#', DOCUMENT_BYTES_MAX + 1);
	struct parsed parsed = parse_bytes(arena, text, DOCUMENT_BYTES_MAX + 1);
	assert_string_equal(first_fault(&parsed), "1:1: the file is larger than 16 MiB");
	parsed = parse_bytes(arena, text, DOCUMENT_BYTES_MAX);
	assert_int_equal(parsed.result, 0);
}

/* As many as no site has: read whole, and written to an equal tree. */
static void ten_thousand_guests_are_read(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena), again = text_of(arena);

	text_add(&text, "base: &base {cpu: {model: host}, tpm: true}\nguests:\n");
	for (int i = 0; i < 10000; i++)
		text_addf(&text,
			  "  guest-%d:\n    <<: *base\n    vcpus: 2\n    memory: 2GiB\n"
			  "    disks:\n      root: {size: 20GiB}\n    nics:\n      lan: {network: "
			  "lan}\n",
			  i);
	struct parsed parsed = parse(arena, text.at);
	assert_int_equal(parsed.result, 0);
	assert_int_equal(node_get(parsed.root, "guests")->count, 10000);
	assert_string_equal(node_find(parsed.root, "guests.guest-9999.cpu.model")->text, "host");
	node_write_yaml(&again, parsed.root);
	struct parsed back = parse(arena, again.at);
	assert_true(node_equal(parsed.root, back.root, true));
}

static void an_index_finds_what_was_added(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct index index;

	index_init(&index, arena);
	for (int round = 0; round < 3; round++) {
		int most = round == 1 ? 5 : 3000;
		for (int i = 0; i < most; i++) {
			char *key = arena_printf(arena, "%d", i);
			assert_null(index_add(&index, key, key));
			assert_ptr_equal(index_add(&index, arena_strdup(arena, key), &index), key);
		}
		for (int i = 0; i < most; i++)
			assert_string_equal(index_get(&index, arena_printf(arena, "%d", i)),
					    arena_printf(arena, "%d", i));
		assert_null(index_get(&index, "none"));
		assert_null(index_get(&index, ""));
		index_set(&index, "3", &index);
		index_set(&index, "new", arena);
		assert_ptr_equal(index_get(&index, "3"), &index);
		assert_ptr_equal(index_get(&index, "new"), arena);
		index_clear(&index);
		assert_null(index_get(&index, "3"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bomb_of_aliases_is_refused),
		cmocka_unit_test(a_bomb_of_merge_keys_is_refused),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(depth_counts_through_aliases),
		cmocka_unit_test(nodes_are_limited),
		cmocka_unit_test(faults_are_limited),
		cmocka_unit_test(bytes_are_limited),
		cmocka_unit_test(ten_thousand_guests_are_read),
		cmocka_unit_test(an_index_finds_what_was_added),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
