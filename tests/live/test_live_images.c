/* Images and volumes: fetched, made, grown, refused. */
#include "live_help.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "host/write/exec.h"
#include "host/write/worker.h"

/* ---- a web server that is not always kind ---- */

struct server {
	pid_t pid;
	int port;
	char served[4096];
	size_t size;
};
static struct server server;

static void say(int to, const char *text)
{
	if (send(to, text, strlen(text), MSG_NOSIGNAL) < 0)
		return;
}

static void answer(int to, const char *request)
{
	char head[256];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
		 server.size);
	if (string_starts(request, "GET /image ")) {
		say(to, head);
		if (send(to, server.served, server.size, MSG_NOSIGNAL) < 0)
			return;
	} else if (string_starts(request, "GET /short ")) {
		say(to, head);
		if (send(to, server.served, server.size / 2, MSG_NOSIGNAL) < 0)
			return;
	} else if (string_starts(request, "GET /there ")) {
		say(to, "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: "
			"/image\r\nContent-Length: 0\r\n\r\n");
	} else if (string_starts(request, "GET /passwd ")) {
		say(to,
		    "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: file:///etc/passwd\r\n"
		    "Content-Length: 0\r\n\r\n");
	} else if (string_starts(request, "GET /loop ")) {
		say(to, "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: "
			"/loop\r\nContent-Length: 0\r\n\r\n");
	} else {
		say(to, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
	}
}

static void serve(int listener)
{
	char request[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int from = accept(listener, NULL, NULL);
		if (from < 0)
			_exit(1);
		ssize_t size = recv(from, request, sizeof(request) - 1, 0);
		request[size > 0 ? size : 0] = '\0';
		answer(from, request);
		close(from);
	}
}

static int server_start(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	(void)state;
	assert_int_equal(ioctl(listener, SIOCSIFFLAGS, &lo), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	server.port = ntohs(address.sin_port);
	server.size = sizeof(server.served);
	memset(server.served, 'x', server.size / 2);
	server.pid = fork();
	if (server.pid == 0)
		serve(listener);
	close(listener);
	return server.pid < 0 ? -1 : 0;
}

static int server_stop(void **state)
{
	(void)state;
	kill(server.pid, SIGKILL);
	waitpid(server.pid, NULL, 0);
	return 0;
}

static const char *url_of(struct live_test *test, const char *path)
{
	return arena_printf(test->arena, "http://127.0.0.1:%d%s", server.port, path);
}

static const char *digest_of(struct live_test *test, const void *bytes, size_t size)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char *hex = arena_alloc(test->arena, 2 * sizeof(digest) + 1);

	crypto_hash_sha256(digest, bytes, size);
	return sodium_bin2hex(hex, 2 * sizeof(digest) + 1, digest, sizeof(digest));
}

static struct step fetch_of(const char *path, const char *url, const char *digest)
{
	return live_step(VERB_image_fetch, NULL, path, url, digest, "raw", "images.debian");
}

static void nothing_is_left(struct live_test *test, const char *folder)
{
	struct host_names names = {};

	assert_int_equal(host_list(test->host, folder, &names, &test->faults), 1);
	assert_int_equal(names.list.count, 0);
}

/* ---- fetching ---- */

static void an_image_is_fetched(struct live_test *test, const char *url)
{
	const char *path = live_path(test, "images/debian.img"), *mark = NULL;
	struct step step = fetch_of(path, url, digest_of(test, server.served, server.size));
	struct host_file file = {};
	size_t size = 0;

	live_law(test, &step);
	nothing_is_left(test, live_path(test, "images"));
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_memory_equal(live_get(test, path, &size), server.served, server.size);
	assert_int_equal(size, server.size);
	assert_int_equal(host_xattr(test->host, path, "user.gasthof", &mark, &test->faults), 1);
	assert_string_equal(mark, "images.debian");
	assert_int_equal(host_stat(test->host, path, &file, &test->faults), 1);
	assert_int_equal(file.mode, 0644);
}

static void an_image_is_fetched_by_http(void **state)
{
	an_image_is_fetched(*state, url_of(*state, "/image"));
}

static void an_image_is_fetched_from_where_it_moved(void **state)
{
	an_image_is_fetched(*state, url_of(*state, "/there"));
}

static void an_image_is_copied_from_a_file(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "a b.img");

	live_put(path, server.served, server.size);
	an_image_is_fetched(test, arena_printf(test->arena, "file://%s/a%%20b.img", test->folder));
}

static void what_goes_wrong_is_told_and_leaves_nothing(void **state)
{
	struct live_test *test = *state;
	const char *digest = digest_of(test, server.served, server.size);
	const char *folder = live_path(test, "images"), *path = live_path(test, "images/i");
	const struct {
		const char *url, *why;
	} cases[] = {
		{ url_of(test, "/short"), "\"download\" failed: " },
		{ url_of(test, "/none"), "404" },
		{ url_of(test, "/loop"), "redirects" },
		{ url_of(test, "/passwd"), "\"file\"" },
		{ "http://127.0.0.1:1/image", "connect" },
		{ "http://", "\"download\" failed: " },
		{ "ftp://127.0.0.1/image", "none of https, http, file" },
		{ "file:///no/such/image", "No such file" },
		{ "file:///etc", "not a regular file" },
		{ "file:///dev/zero", "not a regular file" },
		{ "file://elsewhere/image", "no address of a file" },
		{ "file:///tmp/%0", "no address of a file" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct step step = fetch_of(path, cases[i].url, digest);
		const char *message = live_try(test, &step);
		if (!strstr(message, cases[i].why))
			fail_msg("%s: %s", cases[i].url, message);
		nothing_is_left(test, folder);
	}
}

static void a_wrong_digest_names_both(void **state)
{
	struct live_test *test = *state;
	const char *found = digest_of(test, server.served, server.size);
	const char *wanted = digest_of(test, "", 0);
	struct step step = fetch_of(live_path(test, "images/i"), url_of(test, "/image"), wanted);
	const char *message = live_try(test, &step);

	assert_non_null(strstr(message, found));
	assert_non_null(strstr(message, wanted));
	nothing_is_left(test, live_path(test, "images"));
	step.argument[2] = "1234";
	assert_non_null(strstr(live_try(test, &step), "no sha256 digest"));
}

static void a_file_that_is_there_is_never_replaced(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "i");
	struct step step =
		fetch_of(path, url_of(test, "/image"), digest_of(test, server.served, server.size));

	live_put(path, "mine", 4);
	assert_non_null(strstr(live_try(test, &step), "already there"));
	assert_string_equal(live_get(test, path, NULL), "mine");
	assert_int_equal(live_inverse(test, &step).verb, VERB_nothing);
}

static void a_full_disk_is_told_and_leaves_nothing(void **state)
{
	struct live_test *test = *state;
	const char *small = live_path(test, "small"), *from = live_path(test, "large.img");
	char *large = arena_alloc(test->arena, 1 << 20);

	memset(large, 'x', 1 << 20);
	live_put(from, large, 1 << 20);
	assert_int_equal(mkdir(small, 0755), 0);
	assert_int_equal(mount("small", small, "tmpfs", 0, "size=128k"), 0);
	struct step step =
		fetch_of(live_path(test, "small/i"), arena_printf(test->arena, "file://%s", from),
			 digest_of(test, large, 1 << 20));
	assert_non_null(strstr(live_try(test, &step), "No space left"));
	nothing_is_left(test, small);
	assert_int_equal(umount(small), 0);
}

static bool give_up(struct progress *progress, uint64_t done, uint64_t total)
{
	(void)progress;
	(void)total;
	return done == 0;
}

static void a_cancelled_fetch_leaves_nothing(void **state)
{
	struct live_test *test = *state;
	struct progress progress = { .tell = give_up };
	struct outcome outcome = {};
	struct step step = fetch_of(live_path(test, "images/i"), url_of(test, "/image"),
				    digest_of(test, server.served, server.size));

	assert_int_equal(test->performer->perform(test->performer, test->arena, &step, &progress,
						  &outcome, &test->faults),
			 -1);
	assert_string_equal(fault_last(&test->faults)->message, "cancelled");
	faults_init(&test->faults, test->arena);
	nothing_is_left(test, live_path(test, "images"));
}

/* ---- strangers' images ---- */

static const char *file_url(struct live_test *test, const char *path)
{
	return arena_printf(test->arena, "file://%s", path);
}

static void an_image_that_refers_to_others_is_refused(void **state)
{
	struct live_test *test = *state;
	const char *hostile = live_path(test, "hostile"), *target = live_path(test, "got/i");
	const char *const argv[] = { "qemu-img",    "create", "-q",  "-f",    "qcow2", "-u", "-b",
				     "/etc/shadow", "-F",     "raw", hostile, "1M",    NULL };
	struct exec exec = { .argv = argv };
	size_t size = 0;

	assert_int_equal(exec_run(test->arena, &exec, NULL, &test->faults), 0);
	const char *bytes = live_get(test, hostile, &size);
	struct step step = fetch_of(target, file_url(test, hostile), digest_of(test, bytes, size));
	step.argument[3] = "qcow2";
	assert_non_null(
		strstr(live_try(test, &step), "refers to the backing file \"/etc/shadow\""));
	nothing_is_left(test, live_path(test, "got"));
}

static void an_image_with_its_data_elsewhere_is_refused(void **state)
{
	struct live_test *test = *state;
	const char *hostile = live_path(test, "hostile"), *data = live_path(test, "data");
	const char *const argv[] = {
		"qemu-img",
		"create",
		"-q",
		"-f",
		"qcow2",
		"-o",
		arena_printf(test->arena, "data_file=%s", data),
		hostile,
		"1M",
		NULL,
	};
	struct exec exec = { .argv = argv };
	size_t size = 0;

	assert_int_equal(exec_run(test->arena, &exec, NULL, &test->faults), 0);
	const char *bytes = live_get(test, hostile, &size);
	struct step step = fetch_of(live_path(test, "got/i"), file_url(test, hostile),
				    digest_of(test, bytes, size));
	step.argument[3] = "qcow2";
	assert_non_null(strstr(live_try(test, &step), "external data file"));
	nothing_is_left(test, live_path(test, "got"));
}

static void an_image_of_another_format_is_refused(void **state)
{
	struct live_test *test = *state;
	const char *from = live_path(test, "q");
	struct step make =
		live_step(VERB_volume_create, NULL, from, "qcow2", "1048576", NULL, NULL, NULL);
	size_t size = 0;

	assert_int_equal(live_do(test, &make), RESULT_DONE);
	const char *bytes = live_get(test, from, &size);
	struct step step = fetch_of(live_path(test, "got/i"), file_url(test, from),
				    digest_of(test, bytes, size));
	assert_non_null(strstr(live_try(test, &step), "is qcow2, described as raw"));
	step.argument[3] = "qcow2";
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	step = fetch_of(live_path(test, "got/j"), url_of(test, "/image"),
			digest_of(test, server.served, server.size));
	step.argument[3] = "qcow2";
	assert_non_null(strstr(live_try(test, &step), "is raw, described as qcow2"));
}

/* ---- volumes ---- */

static void volumes_are_made_and_never_replaced(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "v/web.qcow2"), *base = live_path(test, "base");
	struct step raw = live_step(VERB_volume_create, NULL, base, "raw", "2097152", NULL, NULL,
				    "volumes.base");
	struct step step = live_step(VERB_volume_create, NULL, path, "qcow2", "10485760", base,
				     "raw", "volumes.web");
	struct host_image image = {};
	struct host_file file = {};
	const char *mark = NULL;

	live_law(test, &raw);
	assert_int_equal(live_do(test, &raw), RESULT_DONE);
	assert_int_equal(host_image(test->host, base, &image, &test->faults), 1);
	assert_int_equal(image.virtual_size, 2097152);
	live_law(test, &step);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(host_image(test->host, path, &image, &test->faults), 1);
	assert_string_equal(image.format, "qcow2");
	assert_string_equal(image.backing, base);
	assert_string_equal(image.backing_format, "raw");
	assert_int_equal(image.virtual_size, 10485760);
	assert_false(image.data_file);
	assert_int_equal(host_xattr(test->host, path, "user.gasthof", &mark, &test->faults), 1);
	assert_string_equal(mark, "volumes.web");
	assert_int_equal(host_stat(test->host, path, &file, &test->faults), 1);
	assert_int_equal(file.mode, 0600);
	step.argument[2] = "20971520";
	assert_non_null(strstr(live_try(test, &step), "is another volume"));
}

/* PIT57: by this a lost image is known again. */
static void a_volume_keeps_the_digest_of_what_it_stands_on(void **state)
{
	struct live_test *test = *state;
	const char *image = live_path(test, "image.img"), *path = live_path(test, "v.qcow2");
	const char *url = arena_printf(test->arena, "file://%s", live_path(test, "source"));
	const char *digest = NULL, *kept = NULL;
	struct step fetch = fetch_of(image, url, NULL);
	struct step step = live_step(VERB_volume_create, NULL, path, "qcow2", "1048576", image,
				     "raw", "volumes.web");

	live_put(live_path(test, "source"), server.served, server.size);
	assert_int_equal(live_do(test, &fetch), RESULT_DONE);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(host_xattr(test->host, image, DIGEST_NAME, &digest, &test->faults), 1);
	assert_int_equal(host_xattr(test->host, path, BACKING_NAME, &kept, &test->faults), 1);
	assert_string_equal(kept, digest);
	assert_true(string_starts(kept, digest_of(test, server.served, server.size)));
}

/* The folder's owner is quick: as qemu-img starts, the temporary name leads to a file of root's. */
static void a_swapped_name_leads_qemu_nowhere(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "v.qcow2"), *victim = live_path(test, "victim");
	const char *script = live_path(test, "qemu-img"), *real = live_path(test, "real");
	const char *const copy[] = { "cp", "/usr/bin/qemu-img", real, NULL };
	const char *text = arena_printf(test->arena,
					"#!/bin/sh\ncd %s && for f in .*.gasthof-new; do\n"
					"mv $f taken && ln -s %s $f; done\nexec %s \"$@\"\n",
					test->folder, victim, real);
	struct step step = live_step(VERB_volume_create, NULL, path, "qcow2", "1048576", NULL, NULL,
				     "volumes.web");
	struct exec exec = { .argv = copy };

	live_put(victim, "secret", 6);
	live_put(script, text, strlen(text));
	assert_int_equal(chmod(script, 0755), 0);
	assert_int_equal(exec_run(test->arena, &exec, NULL, &test->faults), 0);
	assert_int_equal(mount(script, "/usr/bin/qemu-img", NULL, MS_BIND, NULL), 0);
	const char *message = live_try(test, &step);
	assert_int_equal(umount("/usr/bin/qemu-img"), 0);
	assert_true(live_exists(live_path(test, "taken")));
	assert_string_equal(live_get(test, victim, NULL), "secret");
	assert_non_null(strstr(message, "somebody took"));
	assert_false(live_exists(path));
}

static void volumes_that_cannot_be_leave_nothing(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "v/i");
	struct step step = live_step(VERB_volume_create, NULL, path, "qcow2", "1048576",
				     "/no/such/base", "raw", NULL);

	const char *message = live_try(test, &step);
	if (!strstr(message, "/no/such/base"))
		fail_msg("%s", message);
	assert_false(live_exists(path));
	step = live_step(VERB_volume_create, NULL, path, "raw", "1048576", "/etc/passwd", "raw",
			 NULL);
	assert_non_null(strstr(live_try(test, &step), "backing image"));
	step = live_step(VERB_volume_create, NULL, path, "vmdk", "1048576", NULL, NULL, NULL);
	assert_non_null(strstr(live_try(test, &step), "neither qcow2 nor raw"));
	step = live_step(VERB_volume_create, NULL, path, "raw", "18446744073709551615", NULL, NULL,
			 NULL);
	assert_non_null(strstr(live_try(test, &step), "cannot make"));
	nothing_is_left(test, live_path(test, "v"));
}

/* As QEMU holds what it reads from and writes to; a lock of a process it does not know. */
static void what_somebody_holds_is_not_removed(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "held");
	struct step volume = live_step(VERB_volume_remove, NULL, path);
	struct step image = live_step(VERB_image_remove, NULL, path);
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 1 };

	live_put(path, "x", 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	assert_int_equal(live_do(test, &volume), RESULT_REFUSED);
	assert_int_equal(live_do(test, &image), RESULT_REFUSED);
	assert_true(live_exists(path));
	close(fd);
	assert_int_equal(live_do(test, &volume), RESULT_DONE);
	assert_int_equal(live_do(test, &image), RESULT_SAME);
	assert_false(live_exists(path));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(an_image_is_fetched_by_http),
		LIVE_TEST(an_image_is_fetched_from_where_it_moved),
		LIVE_TEST(an_image_is_copied_from_a_file),
		LIVE_TEST(what_goes_wrong_is_told_and_leaves_nothing),
		LIVE_TEST(a_wrong_digest_names_both),
		LIVE_TEST(a_file_that_is_there_is_never_replaced),
		LIVE_TEST(a_full_disk_is_told_and_leaves_nothing),
		LIVE_TEST(a_cancelled_fetch_leaves_nothing),
		LIVE_TEST(an_image_that_refers_to_others_is_refused),
		LIVE_TEST(an_image_with_its_data_elsewhere_is_refused),
		LIVE_TEST(an_image_of_another_format_is_refused),
		LIVE_TEST(volumes_are_made_and_never_replaced),
		LIVE_TEST(a_volume_keeps_the_digest_of_what_it_stands_on),
		LIVE_TEST(a_swapped_name_leads_qemu_nowhere),
		LIVE_TEST(volumes_that_cannot_be_leave_nothing),
		LIVE_TEST(what_somebody_holds_is_not_removed),
	};

	if (argc > 1 && string_equal(argv[1], "worker"))
		return worker_main(argc, argv);
	live_unshare();
	return cmocka_run_group_tests(tests, server_start, server_stop);
}
