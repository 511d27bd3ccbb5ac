/* tests/cases/language: each folder is a description (host.yaml and what it includes) and
 * the file `faults` with what people are told about it, empty where it is right.  One reason
 * each.  The language is tried on two kinds of our own, so that the real ones may change.
 *
 * UPDATE_CASES=1 writes the files anew (make update-cases): review what changed as code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <limits.h>
#include <unistd.h>

#include "report/report.h"
#include "resource/desired.h"

#define CASES "tests/cases/language"

/* ---- two kinds ---- */

struct disk {
	struct given given;
	struct bytes size;
	struct rate limit;
};
static const struct field disk_fields[] = {
	FIELD("size", struct disk, size, CLASS_LIVE, "size", .flags = FIELD_REQUIRED),
	FIELD("limit", struct disk, limit, CLASS_LIVE, "limit"),
};
static const struct record disk_record = RECORD(struct disk, disk_fields);

struct vcpus {
	struct given given;
	uint32_t count;
	struct cpus emulator;
};
static const struct field vcpus_fields[] = {
	FIELD("count", struct vcpus, count, CLASS_LIVE, "how many", .least = 1, .most = 64),
	FIELD("emulator", struct vcpus, emulator, CLASS_LIVE, "where the emulator runs"),
};
static const struct record vcpus_record =
	RECORD(struct vcpus, vcpus_fields, .shorthand = &vcpus_fields[0]);

struct guest {
	struct given given;
	struct vcpus vcpus;
	struct bytes memory;
	struct map disks;
	bool autostart;
	struct span grace;
	const char *state;
	const char *network;
	struct mac mac;
	struct secret password;
};
static const char *const states[] = { "running", "stopped", NULL };
static const struct field guest_fields[] = {
	FIELD_RECORD("vcpus", struct guest, vcpus, &vcpus_record, CLASS_LIVE, "processors"),
	FIELD("memory", struct guest, memory, CLASS_LIVE, "memory", .flags = FIELD_REQUIRED),
	FIELD_MAP("disks", struct guest, disks, &disk_record, CLASS_LIVE, "disks"),
	FIELD("autostart", struct guest, autostart, CLASS_LIVE, "with the host"),
	FIELD("grace", struct guest, grace, CLASS_LIVE, "time to stop"),
	FIELD("state", struct guest, state, CLASS_LIVE, "state", .choices = states),
	FIELD("network", struct guest, network, CLASS_LIVE, "network", .target = "networks"),
	FIELD("mac", struct guest, mac, CLASS_LIVE, "address"),
	FIELD("password", struct guest, password, CLASS_LIVE, "password", .flags = FIELD_SECRET),
};
static const struct record guest_record = RECORD(struct guest, guest_fields);

struct network {
	struct given given;
	struct prefix subnet;
};
static const struct field network_fields[] = {
	FIELD("subnet", struct network, subnet, CLASS_LIVE, "subnet"),
};
static const struct record network_record = RECORD(struct network, network_fields);

#define PURE                                                                      \
	.needs = (const char *const[]){ NULL }, .complete = complete_nothing,     \
	.check = check_nothing, .observe = observe_nothing, .plan = plan_nothing, \
	.render = render_nothing, .same = same_name

static const struct kind guests = { .path = "guests",
				    .summary = "guests",
				    .shape = SHAPE_NAMED,
				    .flags = KIND_COUNTED,
				    .record = &guest_record,
				    PURE };
static const struct kind networks = { .path = "networks",
				      .summary = "networks",
				      .shape = SHAPE_NAMED,
				      .record = &network_record,
				      PURE };
static const struct kind *const both[] = { &networks, &guests, NULL };

/* ---- one folder ---- */

static char home[PATH_MAX];

/* What `gasthof validate` prints, in the current folder. */
static char *faults_of(const char *path)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct sources sources;
	struct faults faults;
	struct desired desired = {};
	char *printed = NULL;
	size_t size = 0;

	sources_init(&sources, arena);
	faults_init(&faults, arena);
	int result = desired_load(&desired, &sources, both, path, &faults);
	assert_int_equal(result, faults.count ? -1 : 0);
	FILE *err = open_memstream(&printed, &size);
	struct reporter reporter = { .out = err, .err = err, .sources = &sources, .arena = arena };
	output_text.faults(&reporter, &faults);
	assert_int_equal(fclose(err), 0);
	return printed;
}

static char *file_text(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	if (file && getdelim(&text, &size, '\0', file) < 0 && text)
		*text = '\0';
	if (file)
		fclose(file);
	return text ? text : strdup("(there is no file)");
}

static void run_case(const char *folder)
{
	assert_int_equal(chdir(CASES) | chdir(folder), 0);
	char *printed = faults_of("host.yaml"), *expected = NULL;
	if (getenv("UPDATE_CASES")) {
		FILE *file = fopen("faults", "w");
		assert_non_null(file);
		fputs(printed, file);
		assert_int_equal(fclose(file), 0);
	}
	expected = file_text("faults");
	if (strcmp(printed, expected) != 0)
		fail_msg("%s: printed\n%sexpected\n%s", folder, printed, expected);
	free(printed);
	free(expected);
}

static void a_folder_is_told_as_written(void **state)
{
	run_case(*state);
}

/* Whether the test went well or not: the next one begins where the first began. */
static int go_back(void **state)
{
	(void)state;
	return chdir(home);
}

int main(void)
{
	glob_t found = {};

	if (!getcwd(home, sizeof(home)) || glob(CASES "/*/", 0, NULL, &found) != 0) {
		fprintf(stderr, "no cases below %s\n", CASES);
		return EXIT_FAILURE;
	}
	struct CMUnitTest *tests = calloc(found.gl_pathc, sizeof(*tests));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *name = found.gl_pathv[i] + strlen(CASES "/");
		name[strcspn(name, "/")] = '\0';
		tests[i] = (struct CMUnitTest){ .name = name,
						.test_func = a_folder_is_told_as_written,
						.teardown_func = go_back,
						.initial_state = name };
	}
	int failed = _cmocka_run_group_tests("language", tests, found.gl_pathc, NULL, NULL);
	globfree(&found);
	free(tests);
	return failed;
}
