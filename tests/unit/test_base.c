/* base/: arena, text, characters, fault, name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/fault.h"
#include "base/name.h"
#include "base/text.h"
#include "base/utf8.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t size = 0; size < 300000; size = size * 3 + 1) {
		unsigned char *memory = arena_alloc(arena, size);
		assert_int_equal((uintptr_t)memory % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
	assert_string_equal(arena_printf(arena, "%s-%d", "web", 1), "web-1");
	assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
}

static void array_grows_and_keeps_its_elements(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	ARRAY(int) numbers = {};

	for (int i = 0; i < 1000; i++)
		ARRAY_PUSH(arena, &numbers, i);
	int expected = 0;
	EACH(number, &numbers)
		assert_int_equal(*number, expected++);
	assert_int_equal(expected, 1000);
}

static void text_grows(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	assert_string_equal(text.at, "");
	for (int i = 0; i < 500; i++)
		text_addf(&text, "%d,", i % 10);
	assert_int_equal(text.size, 1000);
	assert_int_equal(strlen(text.at), 1000);
	assert_true(string_starts(text.at, "0,1,2,"));
	assert_true(string_ends(text.at, "8,9,"));
	assert_true(string_equal(NULL, NULL));
	assert_false(string_equal("a", NULL));
}

static void text_is_quoted_for_messages(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	assert_string_equal(text_quoted(arena, "web-1"), "\"web-1\"");
	assert_string_equal(text_quoted(arena, "a\nb\t\x1b[0m"), "\"a\\nb\\t\\x1b[0m\"");
	assert_string_equal(text_quoted(arena, "\xc3\xa4\xff\xe2\x80\xae"),
			    "\"\xc3\xa4\\xff\\u202e\"");
	assert_int_equal(strlen(text_quoted(arena, arena_printf(arena, "%0500d", 1))), 64);
}

static void characters_are_decoded_strictly(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
		uint32_t character;
		unsigned width;
	} rows[] = {
		{ "a", 1, 'a', 1 },
		{ "\xc2\x80", 2, 0x80, 1 },
		{ "\xdf\xbf", 2, 0x7ff, 1 },
		{ "\xe0\xa0\x80", 3, 0x800, 1 },
		{ "\xef\xbf\xbf", 3, 0xffff, 1 },
		{ "\xf0\x90\x80\x80", 4, 0x10000, 1 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff, 1 },
		{ "\xe4\xb8\xad", 3, 0x4e2d, 2 },
		{ "\xcc\x81", 2, 0x301, 0 },
		{ "\xf0\x9f\x98\x80", 4, 0x1f600, 2 },
		{ "\x80", 0, 0, 0 },
		{ "\xc1\xbf", 0, 0, 0 },
		{ "\xe0\x9f\xbf", 0, 0, 0 },
		{ "\xed\xa0\x80", 0, 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 0, 0, 0 },
		{ "\xf4\x90\x80\x80", 0, 0, 0 },
		{ "\xf8\x88\x80\x80\x80", 0, 0, 0 },
		{ "\xe4\xb8", 0, 0, 0 },
		{ "\xe4\xb8z", 0, 0, 0 },
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t character = 0;
		size_t size = strlen(rows[i].bytes);
		assert_int_equal(utf8_decode(rows[i].bytes, size, &character), rows[i].length);
		assert_int_equal(character, rows[i].character);
		if (rows[i].length)
			assert_int_equal(utf8_width(character), rows[i].width);
	}
}

static int inner(struct faults *faults)
{
	WITHIN(faults, "disk %s", "root");
	return fault_errno(faults, 28, "cannot write \"%s\"", "/x");
}

static void faults_carry_where_they_happened(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;

	faults_init(&faults, arena);
	assert_null(fault_last(&faults));
	{
		WITHIN(&faults, "guests.%s", "web");
		assert_int_equal(inner(&faults), -1);
	}
	assert_int_equal(fault(&faults, FAULT_HOST, "plain"), -1);
	assert_int_equal(faults.count, 2);
	assert_string_equal(faults.first->within, "guests.web: disk root");
	assert_string_equal(faults.first->message, "cannot write \"/x\": No space left on device");
	assert_int_equal(faults.first->error, 28);
	assert_ptr_equal(fault_last(&faults), faults.first->next);
	assert_null(fault_last(&faults)->within);
	fault(&faults, FAULT_HOST, "two\nlines");
	assert_string_equal(fault_last(&faults)->message, "two lines");
	fault_hint(&faults, "free %d bytes", 5);
	assert_string_equal(fault_last(&faults)->hint, "free 5 bytes");
}

static void names_are_what_the_language_says(void **state)
{
	(void)state;
	char longest[NAME_SIZE_MAX + 2];

	assert_true(name_is_valid("web-1"));
	assert_true(name_is_valid("a"));
	assert_true(name_is_valid("vm.swappiness"));
	assert_false(name_is_valid(""));
	assert_false(name_is_valid("-web"));
	assert_false(name_is_valid("web-"));
	assert_false(name_is_valid("Web"));
	assert_false(name_is_valid("../etc"));
	assert_false(name_is_valid("a\nb"));
	assert_false(name_is_valid("a\"b"));
	memset(longest, 'a', sizeof(longest));
	longest[NAME_SIZE_MAX + 1] = '\0';
	assert_false(name_is_valid(longest));
	longest[NAME_SIZE_MAX] = '\0';
	assert_true(name_is_valid(longest));
}

static void the_nearest_name_is_found(void **state)
{
	(void)state;
	static const char *const words[] = { "memory", "vcpus", "disks", "nics" };

	assert_string_equal(name_nearest("memroy", words, COUNT_OF(words)), "memory");
	assert_string_equal(name_nearest("vcpu", words, COUNT_OF(words)), "vcpus");
	assert_string_equal(name_nearest("disk", words, COUNT_OF(words)), "disks");
	assert_null(name_nearest("firmware", words, COUNT_OF(words)));
	assert_null(name_nearest("", words, COUNT_OF(words)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(array_grows_and_keeps_its_elements),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(text_is_quoted_for_messages),
		cmocka_unit_test(characters_are_decoded_strictly),
		cmocka_unit_test(faults_carry_where_they_happened),
		cmocka_unit_test(names_are_what_the_language_says),
		cmocka_unit_test(the_nearest_name_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
