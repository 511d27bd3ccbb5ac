/* formats/domain on domain XML that nobody here wrote: libvirt's own test inputs, half of them
 * (the folder that GASTHOF_CORPUS names).  Each is read without a crash, and what
 * was read and is written onto it reads the same again: nothing the record knows is lost or
 * changed by the way. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/domain.h"

static const char *folder(void)
{
	static char path[4096];
	const char *corpus = getenv("GASTHOF_CORPUS");

	snprintf(path, sizeof(path), "%s/libvirt-11.3/domains", corpus ? corpus : "/nonexistent");
	return path;
}

static const char *text_of_file(struct arena *arena, const char *name)
{
	FILE *file = fopen(arena_printf(arena, "%s/%s", folder(), name), "re");
	struct text text = text_of(arena);
	char buffer[4096];
	size_t size;

	assert_non_null(file);
	while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
		text_add_bytes(&text, buffer, size);
	fclose(file);
	return text.at;
}

static bool read_one(struct arena *arena, const char *xml, struct guest **ret)
{
	struct domain_identity identity;
	struct faults faults;

	faults_init(&faults, arena);
	*ret = record_new(arena, &guest_record);
	return domain_read(arena, xml, *ret, &identity, &faults) == 0;
}

/* Members without an alias of ours are found by their place, which writing gives an alias. */
static bool one_settles(struct arena *arena, const char *name)
{
	const char *xml = text_of_file(arena, name);
	struct guest *guest = NULL, *again = NULL;
	struct text text = text_of(arena);
	struct faults faults;

	if (!read_one(arena, xml, &guest))
		return false; /* no domain: libvirt refuses it too */
	const struct domain_writing writing = { .guest = guest, .handle = "web", .base = xml };
	faults_init(&faults, arena);
	assert_int_equal(domain_write(&text, &writing, &faults), 0);
	assert_true(read_one(arena, text.at, &again));
	struct paths paths = { .arena = arena };
	record_compare(&guest_record, guest, again, NULL, IN_CONFIGURED, &paths);
	for (size_t i = 0; i < paths.count; i++)
		if (!strstr(paths.at[i].path, "libvirt_xml"))
			fail_msg("%s: %s: %s -> %s", name, paths.at[i].path, paths.at[i].old,
				 paths.at[i].new);
	return true;
}

static void every_domain_settles(void **state)
{
	(void)state;
	DIR *all = opendir(folder());
	unsigned count = 0;

	if (!all) {
		print_message("skipped: GASTHOF_CORPUS does not name a folder of libvirt files\n");
		skip();
	}
	for (const struct dirent *entry; (entry = readdir(all));) {
		ARENA_AUTO struct arena *arena = arena_new();
		if (string_ends(entry->d_name, ".xml"))
			count += one_settles(arena, entry->d_name);
	}
	closedir(all);
	print_message("%u domains\n", count);
	assert_true(count > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_domain_settles) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
