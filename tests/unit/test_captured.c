/* host/read: the captured machine, and the heads of disk images. */
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/read/host.h"
#include "host/read/image.h"

struct fixture {
	struct arena *arena;
	struct faults faults;
	char folder[32];
	struct host *host;
};

static const char *path_of(struct fixture *fixture, const char *path)
{
	return arena_printf(fixture->arena, "%s/%s", fixture->folder, path);
}

/* Writes a file of the capture, with the folders above it. */
static void put(struct fixture *fixture, const char *path, const char *text)
{
	char *whole = (char *)path_of(fixture, path);

	for (char *slash = whole + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static struct host *machine(struct fixture *fixture)
{
	fixture->host = host_open_captured(fixture->arena, fixture->folder, &fixture->faults);
	assert_non_null(fixture->host);
	return fixture->host;
}

static int setup(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	fixture->arena = arena_new();
	faults_init(&fixture->faults, fixture->arena);
	strcpy(fixture->folder, "/tmp/captured-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	*state = fixture;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	host_close(fixture->host);
	nftw(fixture->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(fixture->arena);
	test_free(fixture);
	return 0;
}

/* ---- files ---- */

static void files_are_read_below_fs(void **state)
{
	struct fixture *fixture = *state;
	struct faults *faults = &fixture->faults;
	struct host_names names = {};
	struct host_file file = {};
	const char *text = NULL, *line = NULL;
	size_t size = 0;
	uint64_t count = 0;

	put(fixture, "fs/proc/sys/vm/nr_hugepages", "64\n");
	put(fixture, "fs/proc/cpuinfo", "flags\t: svm\nmodel\t: 1\n");
	struct host *host = machine(fixture);

	assert_int_equal(host_read(host, "/proc/cpuinfo", &text, &size, faults), 1);
	assert_int_equal(size, 22);
	assert_int_equal(host_read_line(host, "/proc/cpuinfo", &line, faults), 1);
	assert_string_equal(line, "flags\t: svm");
	assert_int_equal(host_read_count(host, "/proc/sys/vm/nr_hugepages", &count, faults), 1);
	assert_int_equal(count, 64);
	assert_int_equal(host_read(host, "/proc/none", &text, &size, faults), 0);
	assert_int_equal(host_read(host, "/proc/cpuinfo/below", &text, &size, faults), 0);
	assert_int_equal(host_list(host, "/proc", &names, faults), 1);
	assert_int_equal(names.list.count, 2);
	assert_string_equal(names.list.at[0], "cpuinfo");
	assert_int_equal(host_stat(host, "/proc", &file, faults), 1);
	assert_int_equal(file.kind, FILE_DIRECTORY);
	assert_int_equal(faults->count, 0);
	assert_int_equal(host_read_count(host, "/proc/cpuinfo", &count, faults), -1);
	assert_int_equal(host_read(host, "/proc", &text, &size, faults), -1);
	assert_int_equal(faults->count, 2);
}

static void symbolic_links_stay_below_the_root(void **state)
{
	struct fixture *fixture = *state;
	const char *text = NULL, *target = NULL;
	struct host_file file = {};
	size_t size = 0;

	put(fixture, "fs/etc/passwd", "captured\n");
	put(fixture, "outside", "outside\n");
	assert_int_equal(symlink("/etc/passwd", path_of(fixture, "fs/absolute")), 0);
	assert_int_equal(symlink("../outside", path_of(fixture, "fs/relative")), 0);
	struct host *host = machine(fixture);

	assert_int_equal(host_read(host, "/absolute", &text, &size, &fixture->faults), 1);
	assert_string_equal(text, "captured\n");
	assert_int_equal(host_read(host, "/relative", &text, &size, &fixture->faults), 0);
	assert_int_equal(host_read(host, "/../outside", &text, &size, &fixture->faults), 0);
	assert_int_equal(host_link(host, "/absolute", &target, &fixture->faults), 1);
	assert_string_equal(target, "/etc/passwd");
	assert_int_equal(host_stat(host, "/absolute", &file, &fixture->faults), 1);
	assert_int_equal(file.kind, FILE_LINK);
	assert_int_equal(fixture->faults.count, 0);
	assert_int_equal(host_link(host, "/etc/passwd", &target, &fixture->faults), -1);
}

/* The kernel then answers EAGAIN to a path with ".." in it (openat2(2)). */
static void what_is_renamed_meanwhile_hides_nothing(void **state)
{
	struct fixture *fixture = *state;
	const char *from = path_of(fixture, "fs/one"), *to = path_of(fixture, "fs/two");
	const char *text = NULL;
	size_t size = 0;

	put(fixture, "fs/sys/devices/a/class", "0x020000\n");
	put(fixture, "fs/sys/bus/pci/none", "");
	put(fixture, "fs/one", "");
	assert_int_equal(symlink("../../devices/a", path_of(fixture, "fs/sys/bus/pci/a")), 0);
	struct host *host = machine(fixture);
	pid_t child = fork();
	while (child == 0 && getppid() != 1)
		rename(from, to), rename(to, from);
	int found = 1;
	for (unsigned i = 0; i < 20000 && found == 1; i++)
		found = host_read(host, "/sys/bus/pci/a/class", &text, &size, &fixture->faults);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(found, 1);
	assert_string_equal(text, "0x020000\n");
}

static void files_json_says_what_a_work_tree_cannot_keep(void **state)
{
	struct fixture *fixture = *state;
	struct faults *faults = &fixture->faults;
	struct host_file file = {};
	struct host_names names = {};
	const char *value = NULL, *text = NULL;
	size_t size = 0;
	uint64_t space = 0;

	put(fixture, "fs/etc/a", "a\n");
	put(fixture, "files.json",
	    "{\"/\": {\"kind\": \"directory\", \"free\": 5},"
	    " \"/var\": {\"kind\": \"directory\", \"free\": 7},"
	    " \"/var/b\": {\"text\": \"b\\n\", \"xattr\": {\"user.gasthof\": \"volumes.b\"}},"
	    " \"/dev/sda\": {\"kind\": \"device\", \"device\": \"8:0\"},"
	    " \"/etc/a\": {\"mode\": \"0600\", \"uid\": 64055, \"gid\": 7}}");
	struct host *host = machine(fixture);

	assert_int_equal(host_stat(host, "/etc/a", &file, faults), 1);
	assert_int_equal(file.mode, 0600);
	assert_int_equal(file.uid, 64055);
	assert_int_equal(file.size, 2);
	assert_int_equal(host_stat(host, "/dev/sda", &file, faults), 1);
	assert_int_equal(file.kind, FILE_DEVICE);
	assert_int_equal(file.device_number, 8 << 8);
	assert_int_equal(host_read(host, "/var/b", &text, &size, faults), 1);
	assert_string_equal(text, "b\n");
	assert_int_equal(host_xattr(host, "/var/b", "user.gasthof", &value, faults), 1);
	assert_string_equal(value, "volumes.b");
	assert_int_equal(host_xattr(host, "/etc/a", "user.gasthof", &value, faults), 0);
	assert_int_equal(host_space(host, "/var/b", &space, faults), 1);
	assert_int_equal(space, 7);
	assert_int_equal(host_space(host, "/etc/a", &space, faults), 1);
	assert_int_equal(space, 5);
	assert_int_equal(host_list(host, "/", &names, faults), 1);
	assert_int_equal(names.list.count, 3); /* dev, etc, var */
	assert_string_equal(names.list.at[2], "var");
	assert_int_equal(faults->count, 0);
}

static void images_and_archives_can_be_told(void **state)
{
	struct fixture *fixture = *state;
	struct host_image image = {};
	struct host_archive archive = {};

	put(fixture, "fs/raw.img", "12345");
	put(fixture, "files.json",
	    "{\"/a\": {\"image\": {\"format\": \"qcow2\", \"size\": 21474836480,"
	    " \"backing\": \"/b\", \"backing_format\": \"qcow2\"}},"
	    " \"/seed\": {\"archive\": {\"label\": \"cidata\", \"files\": {\"meta-data\": "
	    "\"x\\n\"}}}}");
	struct host *host = machine(fixture);

	assert_int_equal(host_image(host, "/a", &image, &fixture->faults), 1);
	assert_string_equal(image.backing, "/b");
	assert_int_equal(image.virtual_size, 20ULL << 30);
	assert_false(image.data_file);
	assert_int_equal(host_image(host, "/raw.img", &image, &fixture->faults), 1);
	assert_string_equal(image.format, "raw");
	assert_int_equal(image.virtual_size, 5);
	assert_int_equal(host_image(host, "/none", &image, &fixture->faults), 0);
	assert_int_equal(host_archive(host, "/seed", &archive, &fixture->faults), 1);
	assert_string_equal(archive.label, "cidata");
	assert_int_equal(archive.list.count, 1);
	assert_string_equal(archive.list.at[0].text, "x\n");
}

/* ---- the rest of the machine ---- */

static void units_links_and_rules_come_from_json(void **state)
{
	struct fixture *fixture = *state;
	struct host_unit unit = {};
	struct host_links links = {};
	const char *json = NULL;

	put(fixture, "units.json", "{\"a.service\": {\"active\": \"failed\"}}");
	put(fixture, "links.json",
	    "[{\"name\": \"br0\", \"index\": 3, \"kind\": \"bridge\", \"mac\": "
	    "\"52:54:00:00:00:01\","
	    " \"altnames\": [\"gasthof-br0\"], \"addresses\": [\"10.0.0.1/24\", \"fd00::1/64\"]}]");
	put(fixture, "nft.json", "{\"inet gasthof\": {\"nftables\": [1, \"a\"]}}");
	struct host *host = machine(fixture);

	assert_int_equal(host_unit(host, "a.service", &unit, &fixture->faults), 1);
	assert_string_equal(unit.active, "failed");
	assert_string_equal(unit.load, "loaded");
	assert_int_equal(host_unit(host, "b.service", &unit, &fixture->faults), 0);
	assert_int_equal(host_links(host, &links, &fixture->faults), 1);
	assert_int_equal(links.list.count, 1);
	assert_string_equal(links.list.at[0].altname, "gasthof-br0");
	assert_int_equal(links.list.at[0].addresses.count, 2);
	assert_int_equal(links.list.at[0].addresses.at[0].length, 24);
	assert_int_equal(links.list.at[0].mac.byte[5], 1);
	assert_int_equal(host_rules(host, "inet", "gasthof", &json, &fixture->faults), 1);
	assert_string_equal(json, "{\"nftables\":[1,\"a\"]}");
	assert_int_equal(host_rules(host, "inet", "other", &json, &fixture->faults), 0);
	assert_int_equal(fixture->faults.count, 0);
}

static void libvirt_comes_from_its_folder(void **state)
{
	struct fixture *fixture = *state;
	struct host_domains domains = {};
	struct host_virt_objects networks = {}, pools = {};
	const char *xml = NULL;

	put(fixture, "libvirt/domains/web.xml", "<domain><uuid>u-1</uuid></domain>");
	put(fixture, "libvirt/domains/web.live.xml", "<domain id='1'/>");
	put(fixture, "libvirt/domains/db.xml", "<domain/>");
	put(fixture, "libvirt/domains.json", "{\"web\": {\"autostart\": true}}");
	put(fixture, "libvirt/networks/lab.xml", "<network/>");
	put(fixture, "libvirt/networks.json", "{\"lab\": {\"active\": false, \"uuid\": \"u-2\"}}");
	struct host *host = machine(fixture);

	assert_int_equal(host_domains(host, &domains, &fixture->faults), 1);
	assert_int_equal(domains.list.count, 2);
	const struct host_domain *web = &domains.list.at[1];
	assert_string_equal(web->name, "web");
	assert_string_equal(web->uuid, "u-1");
	assert_string_equal(web->state, "running");
	assert_true(web->autostart);
	assert_string_equal(web->live_xml, "<domain id='1'/>");
	assert_null(domains.list.at[0].live_xml);
	assert_int_equal(host_networks(host, &networks, &fixture->faults), 1);
	assert_false(networks.list.at[0].active);
	assert_string_equal(networks.list.at[0].uuid, "u-2");
	assert_int_equal(host_pools(host, &pools, &fixture->faults), 1);
	assert_int_equal(pools.list.count, 0);
	assert_int_equal(host_capabilities(host, &xml, &fixture->faults), 0);
	assert_int_equal(fixture->faults.count, 0);
}

static void what_fails_is_never_absent(void **state)
{
	struct fixture *fixture = *state;
	struct faults *faults = &fixture->faults;
	struct host_links links = {};
	struct host_domains domains = {};
	struct host_virt_objects objects = {};
	struct host_unit unit = {};
	struct host_file file = {};
	const char *text = NULL;
	size_t size = 0;

	put(fixture, "failing",
	    "links\ndomains\nnetworks\npools\nunits\nrules\n/etc/a\ncapabilities\n");
	struct host *host = machine(fixture);

	assert_int_equal(host_links(host, &links, faults), -1);
	assert_int_equal(host_domains(host, &domains, faults), -1);
	assert_int_equal(host_networks(host, &objects, faults), -1);
	assert_int_equal(host_pools(host, &objects, faults), -1);
	assert_int_equal(host_unit(host, "a.service", &unit, faults), -1);
	assert_int_equal(host_rules(host, "inet", "gasthof", &text, faults), -1);
	assert_int_equal(host_capabilities(host, &text, faults), -1);
	assert_int_equal(host_read(host, "/etc/a", &text, &size, faults), -1);
	assert_int_equal(host_stat(host, "/etc/a", &file, faults), -1);
	assert_int_equal(faults->count, 9);
	assert_int_equal(host_read(host, "/etc/ab", &text, &size, faults), 0);
}

static void malformed_captures_are_faults(void **state)
{
	struct fixture *fixture = *state;
	struct host_links links = {};

	put(fixture, "links.json", "[{\"name\": \"a\", \"mac\": \"nonsense\"}]");
	struct host *host = machine(fixture);
	assert_int_equal(host_links(host, &links, &fixture->faults), -1);
	put(fixture, "files.json", "{");
	assert_null(host_open_captured(fixture->arena, fixture->folder, &fixture->faults));
	assert_null(host_open_captured(fixture->arena, "/tmp/no-such-capture", &fixture->faults));
}

/* ---- heads of images ---- */

static void put_u32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

struct qcow2 {
	unsigned char head[512];
};

/* A header of version 3 with a backing file "/b" of format "raw", 1 GiB. */
static struct qcow2 qcow2_of_version_3(void)
{
	struct qcow2 image = {};

	memcpy(image.head, "QFI\xfb", 4);
	put_u32(image.head + 4, 3);
	put_u32(image.head + 12, 200);
	put_u32(image.head + 16, 2);
	put_u32(image.head + 20, 16);
	put_u32(image.head + 28, 1 << 30);
	put_u32(image.head + 100, 104);
	put_u32(image.head + 104, 0xe2792aca);
	put_u32(image.head + 108, 3);
	memcpy(image.head + 112, "raw", 3);
	memcpy(image.head + 200, "/b", 2);
	return image;
}

static int read_head(struct fixture *fixture, const struct qcow2 *image, struct host_image *ret)
{
	return image_read(fixture->arena, image->head, sizeof(image->head), 512, ret,
			  &fixture->faults);
}

static void a_qcow2_head_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct qcow2 image = qcow2_of_version_3();
	struct host_image seen = {};

	assert_int_equal(read_head(fixture, &image, &seen), 0);
	assert_string_equal(seen.format, "qcow2");
	assert_string_equal(seen.backing, "/b");
	assert_string_equal(seen.backing_format, "raw");
	assert_int_equal(seen.virtual_size, 1 << 30);
	assert_false(seen.data_file);
	image.head[79] = 4; /* incompatible feature: external data file */
	assert_int_equal(read_head(fixture, &image, &seen), 0);
	assert_true(seen.data_file);
	image = qcow2_of_version_3();
	put_u32(image.head + 104, 0x44415441); /* its name, without the feature bit */
	assert_int_equal(read_head(fixture, &image, &seen), 0);
	assert_true(seen.data_file);
}

static void a_qcow2_head_of_version_2_has_no_length(void **state)
{
	struct fixture *fixture = *state;
	struct qcow2 image = {};
	struct host_image seen = {};

	memcpy(image.head, "QFI\xfb", 4);
	put_u32(image.head + 4, 2);
	put_u32(image.head + 20, 9);
	put_u32(image.head + 28, 4096);
	assert_int_equal(read_head(fixture, &image, &seen), 0);
	assert_int_equal(seen.virtual_size, 4096);
	assert_null(seen.backing);
}

static void a_hostile_qcow2_head_is_a_fault(void **state)
{
	static const struct {
		unsigned at;
		uint32_t value;
	} changes[] = {
		{ 4, 4 },
		{ 4, 0 },
		{ 8, 1 },
		{ 12, 511 },
		{ 16, 1024 },
		{ 16, 0xffffffff },
		{ 20, 8 },
		{ 20, 22 },
		{ 100, 72 },
		{ 100, 0xfffffff8 },
		{ 100, 105 },
		{ 108, 0xffffffff },
		{ 108, 0x7fffffff },
		{ 108, 17 },
		{ 112, 0 },
		{ 200, 0 },
	};
	struct fixture *fixture = *state;
	struct host_image seen = {};

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct qcow2 image = qcow2_of_version_3();
		put_u32(image.head + changes[i].at, changes[i].value);
		assert_int_equal(read_head(fixture, &image, &seen), -1);
		assert_int_equal(fixture->faults.count, i + 1);
	}
	assert_null(seen.format);
}

/* Under the sanitizers: no byte of a head leads out of it, however it is cut or changed. */
static void no_head_leads_out_of_itself(void **state)
{
	struct fixture *fixture = *state;
	struct qcow2 image = qcow2_of_version_3();
	struct host_image seen = {};

	for (size_t size = 0; size < sizeof(image.head); size++) {
		unsigned char *cut = malloc(size ? size : 1);
		memcpy(cut, image.head, size);
		if (image_read(fixture->arena, cut, size, size, &seen, &fixture->faults) == 0)
			assert_non_null(seen.format);
		free(cut);
	}
	for (size_t at = 0; at < 256; at++)
		for (unsigned value = 1; value < 256; value += value) {
			struct qcow2 changed = image;
			changed.head[at] ^= (unsigned char)value;
			if (read_head(fixture, &changed, &seen) == 0)
				assert_non_null(seen.format);
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_read_below_fs),
		TEST(symbolic_links_stay_below_the_root),
		TEST(what_is_renamed_meanwhile_hides_nothing),
		TEST(files_json_says_what_a_work_tree_cannot_keep),
		TEST(images_and_archives_can_be_told),
		TEST(units_links_and_rules_come_from_json),
		TEST(libvirt_comes_from_its_folder),
		TEST(what_fails_is_never_absent),
		TEST(malformed_captures_are_faults),
		TEST(a_qcow2_head_is_read),
		TEST(a_qcow2_head_of_version_2_has_no_length),
		TEST(a_hostile_qcow2_head_is_a_fault),
		TEST(no_head_leads_out_of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
