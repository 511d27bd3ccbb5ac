/* kinds: require (A1, A2, A3, A11, A24, A31), host, host.sysctl, host.users. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "rehearsal.h"

#define CPUINFO                              \
	"processor\t: 0\n"                   \
	"vendor_id\t: GenuineIntel\n"        \
	"model name\t: Some Processor\n"     \
	"flags\t\t: fpu pse aes vmx ept\n\n" \
	"processor\t: 1\n"                   \
	"flags\t\t: fpu pse aes vmx ept\n"

static struct rehearsal machine;
static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	rehearsal_open(&machine, arena);
	rehearsal_write(&machine, "/proc/cpuinfo", CPUINFO);
	rehearsal_write(&machine, "/proc/meminfo", "MemTotal:        4194304 kB\n");
	rehearsal_write(&machine, "/sys/kernel/notes", "");
	rehearsal_write(&machine, "/proc/sys/vm/swappiness", "60\n");
	rehearsal_write(&machine, "/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
	rehearsal_write(&machine, "/proc/sys/net/ipv4/conf/eth0.1/rp_filter", "0\n");
	rehearsal_write(&machine, "/etc/passwd",
			"root:x:0:0:root:/root:/bin/bash\n"
			"daemon:x:1:1::/:/usr/sbin/nologin\n"
			"theirs:x:1000:1000:Somebody:/home/theirs:/bin/sh\n"
			"ours:x:1001:1001:made by gasthof:/home/ours:/bin/bash\n");
	rehearsal_write(&machine, "/etc/group", "root:x:0:\nsudo:x:27:theirs,ours\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rehearsal_close(&machine);
	arena_free(arena);
	return 0;
}

/* Applies, and gives the faults as text. */
static const char *apply(const char *description)
{
	struct engine engine = rehearsal_engine(&machine, kinds, description);
	struct engine_result result = {};
	struct faults faults;

	faults_init(&faults, arena);
	machine.did.count = 0;
	int status = engine_apply(&engine, &result, &faults);
	assert_int_equal(status, faults.count ? -1 : 0);
	journal_close(engine.journal);
	return faults_text(arena, &faults);
}

static bool did(const char *what)
{
	EACH(line, &machine.did)
		if (strstr(*line, what))
			return true;
	return false;
}

/* ---- require ---- */

static void a_machine_that_can_is_let_through(void **state)
{
	(void)state;
	assert_string_equal(apply("gasthof: 1\nrequire: {capabilities: [vt, nested_paging, aes],"
				  " min_cpus: 2, min_memory: 4GiB}\n"),
			    "");
}

static void a_machine_that_cannot_is_told_the_firmware_option(void **state)
{
	(void)state;
	const char *faults = apply("gasthof: 1\n"
				   "require: {capabilities: [kvm, iommu, pages_1g],"
				   " min_cpus: 4, min_memory: 8GiB}\n"
				   "host: {name: kvm-01}\n");

	assert_non_null(
		strstr(faults, "cannot tell whether this machine has kvm (KVM): /dev was not"));
	assert_non_null(strstr(faults, "lacks iommu (an IOMMU), off in the firmware"));
	assert_non_null(strstr(faults, "VT for Directed I/O"));
	assert_non_null(strstr(faults, "lacks pages_1g"));
	assert_non_null(strstr(faults, "has 2 processors, 4 are required"));
	assert_non_null(strstr(faults, "has 4GiB of memory, 8GiB are required"));
}

static void nothing_is_done_on_a_machine_that_cannot(void **state)
{
	(void)state;
	apply("gasthof: 1\nrequire: {min_cpus: 4}\nhost: {name: kvm-01}\n");
	assert_int_equal(machine.did.count, 0);
}

/* ---- host ---- */

static void the_name_is_set_once(void **state)
{
	(void)state;
	assert_string_equal(apply("gasthof: 1\nhost: {name: kvm-01}\n"), "");
	assert_true(did("hostname_set name=\"kvm-01\""));
	assert_string_equal(apply("gasthof: 1\nhost: {name: kvm-01}\n"), "");
	assert_int_equal(machine.did.count, 0);
}

/* ---- sysctl ---- */

static void a_parameter_is_set_kept_and_put_back(void **state)
{
	(void)state;
	assert_string_equal(apply("gasthof: 1\nhost: {sysctl: {vm.swappiness: 10}}\n"), "");
	assert_string_equal(rehearsal_read(&machine, "/proc/sys/vm/swappiness"), "10");
	assert_non_null(
		strstr(rehearsal_read(&machine, "/etc/sysctl.d/60-gasthof-vm.swappiness.conf"),
		       "\nvm.swappiness = 10\n"));
	assert_string_equal(apply("gasthof: 1\nhost: {sysctl: {vm.swappiness: 10}}\n"), "");
	assert_int_equal(machine.did.count, 0);
	assert_string_equal(apply("gasthof: 1\nhost: {sysctl: {vm.swappiness: 20}}\n"), "");
	assert_string_equal(apply("gasthof: 1\n"), "");
	assert_string_equal(rehearsal_read(&machine, "/proc/sys/vm/swappiness"), "60");
	assert_null(rehearsal_read(&machine, "/etc/sysctl.d/60-gasthof-vm.swappiness.conf"));
}

static void drift_of_a_parameter_is_repaired(void **state)
{
	(void)state;
	apply("gasthof: 1\nhost: {sysctl: {vm.swappiness: 10}}\n");
	rehearsal_write(&machine, "/proc/sys/vm/swappiness", "90\n");
	assert_string_equal(apply("gasthof: 1\nhost: {sysctl: {vm.swappiness: 10}}\n"), "");
	assert_int_equal(machine.did.count, 1);
	assert_true(did("sysfs_write"));
}

static void words_of_a_list_are_compared_not_blanks(void **state)
{
	(void)state;
	const char *wanted =
		"gasthof: 1\nhost: {sysctl: {net.ipv4.tcp_rmem: \"4096 131072 6291456\"}}\n";

	apply(wanted);
	assert_false(did("sysfs_write"));
	apply(wanted);
	assert_int_equal(machine.did.count, 0);
}

static void a_name_with_a_slash_is_an_interface_with_a_dot(void **state)
{
	(void)state;
	assert_string_equal(
		apply("gasthof: 1\nhost: {sysctl: {net.ipv4.conf.eth0/1.rp_filter: 1}}\n"), "");
	assert_string_equal(rehearsal_read(&machine, "/proc/sys/net/ipv4/conf/eth0.1/rp_filter"),
			    "1");
}

static void a_parameter_that_the_kernel_lacks_is_told(void **state)
{
	(void)state;
	assert_non_null(strstr(apply("gasthof: 1\nhost: {sysctl: {vm.nonsense: 1}}\n"),
			       "this kernel has no parameter \"vm.nonsense\""));
}

/* ---- users ---- */

static void a_user_is_made_with_keys_and_groups(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nhost: {users: {ada: {ssh_keys:"
			     " [\"ssh-ed25519 AAAA ada\"], groups: [kvm]}}}\n";

	assert_string_equal(apply(wanted), "");
	assert_true(did("user_add user=\"ada\" shell=\"/bin/bash\""));
	assert_true(did("user_groups user=\"ada\" groups=\"kvm\""));
	assert_non_null(strstr(rehearsal_read(&machine, "/etc/ssh/authorized_keys.d/ada"),
			       "\nssh-ed25519 AAAA ada\n"));
	assert_non_null(rehearsal_read(&machine, "/etc/ssh/sshd_config.d/20-gasthof-users.conf"));
	assert_string_equal(apply(wanted), "");
	assert_int_equal(machine.did.count, 0);
}

static void a_foreign_account_is_never_removed(void **state)
{
	(void)state;
	apply("gasthof: 1\nhost: {users: {theirs: {ssh_keys: [\"ssh-rsa B b\"]}, ours: {}}}\n");
	apply("gasthof: 1\n");
	assert_true(did("user_remove user=\"ours\""));
	assert_false(did("user_remove user=\"theirs\""));
	assert_null(rehearsal_read(&machine, "/etc/ssh/authorized_keys.d/theirs"));
}

static void an_account_of_a_service_is_seen_where_it_is_described(void **state)
{
	(void)state;
	assert_string_equal(apply("gasthof: 1\nhost: {users: {daemon: {groups: [kvm]}}}\n"), "");
	assert_false(did("user_add"));
	assert_true(did("user_groups user=\"daemon\" groups=\"kvm\""));
	assert_string_equal(apply("gasthof: 1\nhost: {users: {daemon: {groups: [kvm]}}}\n"), "");
	assert_int_equal(machine.did.count, 0);
}

static void groups_have_no_order(void **state)
{
	(void)state;
	rehearsal_write(&machine, "/etc/group", "a:x:5:theirs\nsudo:x:27:theirs\n");
	assert_string_equal(apply("gasthof: 1\nhost: {users: {theirs: {groups: [sudo, a]}}}\n"),
			    "");
	assert_int_equal(machine.did.count, 0);
}

/* Somebody who could become root before we came still can when we are gone. */
static void a_foreign_account_keeps_its_groups(void **state)
{
	(void)state;
	rehearsal_write(&machine, "/etc/group", "sudo:x:27:theirs\n");
	apply("gasthof: 1\nhost: {users: {theirs: {groups: [sudo], ssh_keys: [\"ssh-rsa B "
	      "b\"]}}}\n");
	assert_string_equal(apply("gasthof: 1\nhost: {users: {theirs: {ssh_keys: "
				  "[\"ssh-rsa B b\"]}}}\n"),
			    "");
	assert_false(did("user_groups"));
	assert_string_equal(apply("gasthof: 1\nhost: {users: {theirs: {groups: [sudo]}}}\n"), "");
	assert_string_equal(apply("gasthof: 1\n"), "");
	assert_false(did("user_groups"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_machine_that_can_is_let_through),
		TEST(a_machine_that_cannot_is_told_the_firmware_option),
		TEST(nothing_is_done_on_a_machine_that_cannot),
		TEST(the_name_is_set_once),
		TEST(a_parameter_is_set_kept_and_put_back),
		TEST(drift_of_a_parameter_is_repaired),
		TEST(words_of_a_list_are_compared_not_blanks),
		TEST(a_name_with_a_slash_is_an_interface_with_a_dot),
		TEST(a_parameter_that_the_kernel_lacks_is_told),
		TEST(a_user_is_made_with_keys_and_groups),
		TEST(a_foreign_account_is_never_removed),
		TEST(an_account_of_a_service_is_seen_where_it_is_described),
		TEST(groups_have_no_order),
		TEST(a_foreign_account_keeps_its_groups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
