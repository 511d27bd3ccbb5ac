/* Files, values of the kernel, archives, other programs. */
#include "live_help.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/write/exec.h"

static struct host_file look(struct live_test *test, const char *path)
{
	struct host_file file = {};

	assert_int_equal(host_stat(test->host, path, &file, &test->faults), 1);
	return file;
}

/* ---- file_write, file_remove ---- */

static void a_new_file_is_written_and_removed(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "a/b/new");
	struct step step = live_step(VERB_file_write, "text\n", path, "0640", NULL);

	assert_int_equal(live_inverse(test, &step).verb, VERB_unmake);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_string_equal(live_get(test, path, NULL), "text\n");
	assert_int_equal(look(test, path).mode, 0640);
	struct host_names names = {};
	assert_int_equal(host_list(test->host, live_path(test, "a/b"), &names, &test->faults), 1);
	assert_int_equal(names.list.count, 1);
	struct step removal = live_step(VERB_file_remove, NULL, path);
	live_law(test, &removal);
	assert_string_equal(live_get(test, path, NULL), "text\n");
}

static void folders_made_on_the_way_go_with_it(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "x/y/z/new"), *folder = live_path(test, "x/y/z");
	struct step file = live_step(VERB_file_write, "text\n", path, "0640", NULL);
	struct step directory = live_step(VERB_directory_make, NULL, folder, "0711", NULL);

	assert_string_equal(live_inverse(test, &file).argument[1], live_path(test, "x"));
	live_law(test, &file);
	assert_false(live_exists(live_path(test, "x")));
	assert_true(live_exists(test->folder));
	live_law(test, &directory);
	assert_false(live_exists(live_path(test, "x")));
	/* What somebody else put there stays, and so does what it lies in. */
	struct step inverse = live_inverse(test, &file);
	assert_int_equal(live_do(test, &file), RESULT_DONE);
	live_put(live_path(test, "x/theirs"), "text", 4);
	assert_int_equal(live_do(test, &inverse), RESULT_DONE);
	assert_false(live_exists(live_path(test, "x/y")));
	assert_true(live_exists(live_path(test, "x/theirs")));
	/* A folder that was there before is not removed, however empty. */
	assert_int_equal(unlink(live_path(test, "x/theirs")), 0);
	struct step beside =
		live_step(VERB_file_write, "text\n", live_path(test, "x/f"), "0640", NULL);
	live_law(test, &beside);
	assert_true(live_exists(live_path(test, "x")));
}

static void an_old_file_comes_back_byte_for_byte(void **state)
{
	struct live_test *test = *state;
	static const char old[] = "binary \0 and \xff\n";
	const char *path = live_path(test, "old");
	size_t size = 0;

	live_put(path, old, sizeof(old));
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(chown(path, 12, 34), 0);
	struct step step = live_step(VERB_file_write, "new\n", path, "0600", "0:0");
	live_law(test, &step);
	assert_memory_equal(live_get(test, path, &size), old, sizeof(old));
	assert_int_equal(size, sizeof(old));
	struct host_file file = look(test, path);
	assert_int_equal(file.mode, 0604);
	assert_int_equal(file.uid, 12);
	assert_int_equal(file.gid, 34);
}

/* ---- file_copy, copy_remove ---- */

/* Larger than what is read at once, and than what the journal would hold. */
static void a_copy_is_made_and_removed(void **state)
{
	enum { SIZE = 300 * 1024 + 7 };
	struct live_test *test = *state;
	const char *source = live_path(test, "source"), *path = live_path(test, "c/copy");
	char *bytes = arena_alloc(test->arena, SIZE);
	size_t size = 0;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 7 >> 3);
	live_put(source, bytes, SIZE);
	struct step copy = live_step(VERB_file_copy, NULL, path, source, "0640");
	live_law(test, &copy);
	assert_false(live_exists(live_path(test, "c")));
	assert_int_equal(live_do(test, &copy), RESULT_DONE);
	assert_memory_equal(live_get(test, path, &size), bytes, SIZE);
	assert_int_equal(size, SIZE);
	assert_int_equal(look(test, path).mode, 0640);
	struct step removal = live_step(VERB_copy_remove, NULL, path, source, "0640");
	live_law(test, &removal);
	assert_memory_equal(live_get(test, path, &size), bytes, SIZE);
	assert_int_equal(size, SIZE);
	/* What somebody else put there is not written over, of whatever size. */
	bytes[SIZE - 1]++;
	live_put(path, bytes, SIZE);
	assert_non_null(strstr(live_try(test, &copy), "is there and is no copy of"));
	live_put(path, bytes, 5);
	assert_non_null(strstr(live_try(test, &copy), "is there and is no copy of"));
}

static void an_owner_that_was_not_named_is_kept(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "kept");

	live_put(path, "old", 3);
	assert_int_equal(chown(path, 12, 34), 0);
	struct step step = live_step(VERB_file_write, "new", path, "0644", NULL);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(look(test, path).uid, 12);
	assert_int_equal(look(test, path).gid, 34);
}

static void a_file_that_is_the_same_is_not_touched(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "same");
	struct stat before, after;

	live_put(path, "same", 4);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(stat(path, &before), 0);
	struct step step = live_step(VERB_file_write, "same", path, "0644", "root:root");
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_memory_equal(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim));
	step.argument[1] = "0600";
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(after.st_mode & 07777, 0600);
}

static void what_is_no_file_is_not_written_over(void **state)
{
	struct live_test *test = *state;
	const char *link = live_path(test, "link"), *folder = live_path(test, "folder");
	struct step step = live_step(VERB_file_write, "x", link, "0644", NULL);

	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_non_null(strstr(live_try(test, &step), "not a regular file"));
	assert_int_equal(mkdir(folder, 0755), 0);
	step.argument[0] = folder;
	assert_non_null(strstr(live_try(test, &step), "not a regular file"));
	static const char *const paths[] = { "relative", "/tmp/../etc/x", "/", "/tmp/", "" };
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		step.argument[0] = paths[i];
		assert_non_null(strstr(live_try(test, &step), "plain absolute path"));
	}
	step = live_step(VERB_file_write, "x", live_path(test, "m"), "rw", NULL);
	assert_non_null(strstr(live_try(test, &step), "no file mode"));
	step = live_step(VERB_file_write, "x", live_path(test, "m"), "0644", "no-such-user");
	assert_non_null(strstr(live_try(test, &step), "there is no user"));
}

static void links_of_others_are_not_followed(void **state)
{
	struct live_test *test = *state;
	const char *real = live_path(test, "real"), *ours = live_path(test, "ours");
	const char *shared = live_path(test, "shared"), *theirs = live_path(test, "shared/theirs");
	struct step step = live_step(VERB_file_write, "x", live_path(test, "ours/f"), "0644", NULL);

	assert_int_equal(mkdir(real, 0755), 0);
	assert_int_equal(symlink("real", ours), 0);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_string_equal(live_get(test, live_path(test, "real/f"), NULL), "x");
	assert_int_equal(mkdir(shared, 0755), 0);
	assert_int_equal(symlink("../real", theirs), 0);
	assert_int_equal(lchown(theirs, 1000, 1000), 0);
	step.argument[0] = live_path(test, "shared/theirs/g");
	assert_non_null(strstr(live_try(test, &step), "others can change"));
	assert_int_equal(lchown(theirs, 0, 0), 0);
	assert_int_equal(chmod(shared, 0777), 0);
	assert_non_null(strstr(live_try(test, &step), "others can change"));
	assert_int_equal(chmod(shared, 0755), 0);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
}

static void a_full_disk_changes_nothing(void **state)
{
	struct live_test *test = *state;
	const char *small = live_path(test, "small"), *path = live_path(test, "small/f");
	char *much = arena_alloc(test->arena, 1 << 20);
	struct host_names names = {};

	assert_int_equal(mkdir(small, 0755), 0);
	assert_int_equal(mount("small", small, "tmpfs", 0, "size=64k"), 0);
	live_put(path, "old", 3);
	memset(much, 'x', (1 << 20) - 1);
	struct step step = live_step(VERB_file_write, much, path, "0644", NULL);
	assert_non_null(strstr(live_try(test, &step), "No space left"));
	assert_string_equal(live_get(test, path, NULL), "old");
	assert_int_equal(host_list(test->host, small, &names, &test->faults), 1);
	assert_int_equal(names.list.count, 1);
	assert_int_equal(umount(small), 0);
}

/* ---- directories ---- */

static void directories_are_made_and_removed(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "x/y");
	struct step make = live_step(VERB_directory_make, NULL, path, "0711", "12:34");
	struct step unmake = live_step(VERB_directory_remove, NULL, path);

	live_law(test, &make);
	assert_false(live_exists(path));
	assert_int_equal(live_do(test, &make), RESULT_DONE);
	assert_int_equal(look(test, path).mode, 0711);
	assert_int_equal(look(test, path).gid, 34);
	live_put(live_path(test, "x/y/file"), "", 0);
	assert_int_equal(live_do(test, &unmake), RESULT_REFUSED);
	assert_int_equal(unlink(live_path(test, "x/y/file")), 0);
	live_law(test, &unmake);
	make.argument[1] = "0700";
	live_law(test, &make);
	assert_int_equal(look(test, path).mode, 0711);
}

static void a_file_is_no_directory(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "file");
	struct step step = live_step(VERB_directory_make, NULL, path, "0711", NULL);

	live_put(path, "", 0);
	assert_non_null(strstr(live_try(test, &step), "is not a directory"));
	step.argument[0] = live_path(test, "file/below");
	assert_non_null(strstr(live_try(test, &step), "is not a directory"));
}

/* ---- the kernel's values ---- */

static void kernel_values_are_written_and_put_back(void **state)
{
	struct live_test *test = *state;
	struct step step =
		live_step(VERB_sysfs_write, NULL, "/proc/sys/net/ipv4/conf/lo/forwarding", "1");

	step.argument[1] = *live_get(test, step.argument[0], NULL) == '1' ? "0" : "1";
	live_law(test, &step);
	struct step range = live_step(VERB_sysfs_write, NULL,
				      "/proc/sys/net/ipv4/ip_local_port_range", "20000 30000");
	live_law(test, &range);
	struct step bad =
		live_step(VERB_sysfs_write, NULL, "/proc/sys/net/ipv4/conf/lo/forwarding", "many");
	assert_non_null(strstr(live_try(test, &bad), "does not take"));
	bad.argument[0] = "/etc/passwd";
	assert_non_null(strstr(live_try(test, &bad), "no value of the kernel"));
	bad.argument[0] = "/proc/sys/../../etc/passwd";
	assert_non_null(strstr(live_try(test, &bad), "no value of the kernel"));
	bad.argument[0] = "/proc/sys/net/no_such";
	assert_non_null(strstr(live_try(test, &bad), "No such file"));
}

/* ---- archives ---- */

static const char seed[] = "meta-data: |\n  instance-id: web-1\n"
			   "user-data: \"#cloud-config\\n\"\n"
			   "network-config: \"\"\n"
			   "a long name that only Rock Ridge keeps.yaml: x\n";

static void a_seed_is_written_and_read_back(void **state)
{
	struct live_test *test = *state;
	struct host_archive archive = {};
	const char *path = live_path(test, "seed.iso");
	struct step step = live_step(VERB_archive_write, seed, path, "iso9660", "cidata", "0600");

	live_law(test, &step);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(host_archive(test->host, path, &archive, &test->faults), 1);
	assert_string_equal(archive.label, "cidata");
	assert_int_equal(archive.list.count, 4);
	unsigned found = 0;
	EACH(file, &archive.list) {
		found += string_equal(file->name, "meta-data") &&
			 string_equal(file->text, "instance-id: web-1\n");
		found += string_equal(file->name, "network-config") && !file->size;
		found += string_equal(file->name, "a long name that only Rock Ridge keeps.yaml");
	}
	assert_int_equal(found, 3);
	assert_int_equal(look(test, path).mode, 0600);
}

/* No byte of it comes from the clock. */
static void the_same_seed_is_the_same_file(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "seed.iso");
	struct step step = live_step(VERB_archive_write, seed, path, "iso9660", "cidata", "0600");
	time_t first = time(NULL);

	assert_int_equal(live_do(test, &step), RESULT_DONE);
	while (time(NULL) == first)
		assert_int_equal(live_do(test, &step), RESULT_SAME);
	assert_int_equal(live_do(test, &step), RESULT_SAME);
}

static void what_is_no_archive_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct host_archive archive = {};
	const char *path = live_path(test, "a");
	struct step step = live_step(VERB_archive_write, "[a]", path, "iso9660", "cidata", "0600");

	assert_non_null(strstr(live_try(test, &step), "not a map"));
	step = live_step(VERB_archive_write, "../a: b", path, "iso9660", "cidata", "0600");
	assert_non_null(strstr(live_try(test, &step), "no file for an archive"));
	step = live_step(VERB_archive_write, "a: b", path, "zip", "cidata", "0600");
	assert_non_null(strstr(live_try(test, &step), "neither iso9660 nor tar"));
	assert_false(live_exists(path));
	assert_int_equal(host_archive(test->host, path, &archive, &test->faults), 0);
	live_put(path, "nothing", 7);
	assert_int_equal(host_archive(test->host, path, &archive, &test->faults), -1);
}

/* ---- other programs ---- */

static int run(struct live_test *test, const char *const *argv, const struct exec *how,
	       const char **out)
{
	struct exec exec = *how;

	exec.argv = argv;
	return exec_run(test->arena, &exec, out, &test->faults);
}

static const char *why(struct live_test *test)
{
	return fault_last(&test->faults)->message;
}

static void programs_get_what_they_are_given_and_nothing_else(void **state)
{
	struct live_test *test = *state;
	const char *out = NULL;
	struct exec input = { .input = "in\n", .input_size = 3 };
	const struct exec plain = {};
	int leaked = open("/etc/passwd", O_RDONLY);

	assert_int_equal(setenv("SECRET", "hunter2", 1), 0);
	assert_int_equal(run(test, (const char *const[]){ "cat", NULL }, &input, &out), 0);
	assert_string_equal(out, "in\n");
	assert_int_equal(run(test, (const char *const[]){ "env", NULL }, &plain, &out), 0);
	assert_null(strstr(out, "hunter2"));
	assert_non_null(strstr(out, "LC_ALL=C\n"));
	assert_int_equal(run(test, (const char *const[]){ "cat", NULL }, &plain, &out), 0);
	assert_string_equal(out, "");
	assert_int_equal(
		run(test, (const char *const[]){ "ls", "/proc/self/fd", NULL }, &plain, &out), 0);
	assert_string_equal(out, "0\n1\n2\n3\n"); /* 3: ls's own */
	close(leaked);
}

static void how_a_program_failed_is_told(void **state)
{
	struct live_test *test = *state;
	const struct exec plain = {}, hurried = { .timeout_seconds = 1 };

	assert_int_equal(run(test, (const char *const[]){ "ls", "/nowhere", NULL }, &plain, NULL),
			 -1);
	assert_string_equal(why(test),
			    "\"ls\" failed: ls: cannot access '/nowhere': No such file or "
			    "directory");
	assert_int_equal(run(test, (const char *const[]){ "false", NULL }, &plain, NULL), -1);
	assert_string_equal(why(test), "\"false\" failed with status 1");
	assert_int_equal(run(test, (const char *const[]){ "no-such-program", NULL }, &plain, NULL),
			 -1);
	assert_string_equal(why(test), "the program \"no-such-program\" is not installed");
	assert_int_equal(run(test, (const char *const[]){ "/etc/passwd", NULL }, &plain, NULL), -1);
	assert_string_equal(why(test), "cannot run \"/etc/passwd\": Permission denied");
	assert_int_equal(
		run(test, (const char *const[]){ "sh", "-c", "kill -9 $$", NULL }, &plain, NULL),
		-1);
	assert_string_equal(why(test), "\"sh\" was killed by signal 9");
	assert_int_equal(run(test, (const char *const[]){ "sleep", "1000", NULL }, &hurried, NULL),
			 -1);
	assert_string_equal(why(test), "\"sleep\" did not end in time");
}

static void a_program_that_prints_without_end_is_bounded(void **state)
{
	struct live_test *test = *state;
	const struct exec plain = {};
	const char *out = NULL;

	assert_int_equal(run(test,
			     (const char *const[]){ "head", "-c", "3000000", "/dev/zero", NULL },
			     &plain, &out),
			 0);
	assert_int_equal(
		run(test,
		    (const char *const[]){ "sh", "-c", "yes | head -c 9000000 >&2; exit 3", NULL },
		    &plain, &out),
		-1);
	assert_string_equal(why(test), "\"sh\" failed: y");
}

/* One that has ended may wait for ever to be reaped, by a first process that does not. */
static bool still_runs(struct live_test *test, int pid)
{
	char text[256] = "";
	FILE *file = fopen(arena_printf(test->arena, "/proc/%d/stat", pid), "r");

	if (!file)
		return false;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return *text && !strstr(text, ") Z ");
}

/* A daemon that keeps the pipes open does not keep us waiting, and is ended. */
static void what_a_program_leaves_running_is_ended(void **state)
{
	struct live_test *test = *state;
	const struct exec plain = {};
	const char *out = NULL;

	assert_int_equal(run(test,
			     (const char *const[]){ "sh", "-c", "sleep 1000 & echo $!", NULL },
			     &plain, &out),
			 0);
	for (int tries = 0; tries < 6000 && still_runs(test, atoi(out)); tries++)
		nanosleep(&(struct timespec){ 0, 10 * 1000 * 1000 }, NULL);
	assert_false(still_runs(test, atoi(out)));
}

/* ---- what every verb must have ---- */

static void missing_arguments_are_a_fault(void **state)
{
	struct live_test *test = *state;

	for (enum verb verb = 0; verb < VERB_COUNT; verb++) {
		struct step step = { .verb = verb }, inverse = {};
		if (!verb_info(verb)->argument_count || verb_info(verb)->optional[0])
			continue;
		assert_non_null(strstr(live_try(test, &step), " needs "));
		assert_int_equal(test->performer->inverse(test->performer, test->arena, &step,
							  &inverse, &test->faults),
				 -1);
		faults_init(&test->faults, test->arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_new_file_is_written_and_removed),
		LIVE_TEST(folders_made_on_the_way_go_with_it),
		LIVE_TEST(an_old_file_comes_back_byte_for_byte),
		LIVE_TEST(an_owner_that_was_not_named_is_kept),
		LIVE_TEST(a_file_that_is_the_same_is_not_touched),
		LIVE_TEST(what_is_no_file_is_not_written_over),
		LIVE_TEST(links_of_others_are_not_followed),
		LIVE_TEST(a_full_disk_changes_nothing),
		LIVE_TEST(a_copy_is_made_and_removed),
		LIVE_TEST(directories_are_made_and_removed),
		LIVE_TEST(a_file_is_no_directory),
		LIVE_TEST(kernel_values_are_written_and_put_back),
		LIVE_TEST(a_seed_is_written_and_read_back),
		LIVE_TEST(the_same_seed_is_the_same_file),
		LIVE_TEST(what_is_no_archive_is_a_fault),
		LIVE_TEST(programs_get_what_they_are_given_and_nothing_else),
		LIVE_TEST(how_a_program_failed_is_told),
		LIVE_TEST(a_program_that_prints_without_end_is_bounded),
		LIVE_TEST(what_a_program_leaves_running_is_ended),
		LIVE_TEST(missing_arguments_are_a_fault),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
