/* KVM, CPUID and registers of the machine that runs the test. */
#include "live_help.h"

#include <cpuid.h>
#include <unistd.h>

static void the_processor_answers(void **state)
{
	struct live_test *test = *state;
	struct host_cpuid seen = {};
	unsigned eax, ebx, ecx, edx;

	assert_int_equal(host_cpuid(test->host, 0, &seen, &test->faults), 1);
	__cpuid(0, eax, ebx, ecx, edx);
	assert_int_equal(seen.eax, eax);
	assert_int_equal(seen.ebx, ebx);
	assert_int_equal(seen.ecx, ecx);
	assert_int_equal(seen.edx, edx);
	assert_int_equal(host_cpuid(test->host, eax + 1, &seen, &test->faults), 0);
	assert_int_equal(test->faults.count, 0);
}

/* Whatever this machine has: the answer is one of three, and a fault comes with the third. */
static void kvm_is_asked(void **state)
{
	struct live_test *test = *state;
	struct host_kvm kvm = {};
	int there = host_kvm(test->host, &kvm, &test->faults);

	assert_int_equal(test->faults.count, there < 0);
	if (access("/dev/kvm", F_OK) != 0)
		assert_int_equal(there, 0);
	if (there != 1)
		return;
	assert_int_equal(kvm.api, 12);
	assert_true(kvm.max_vcpus >= kvm.vcpus);
	assert_true(kvm.vcpus > 0);
}

static void a_register_needs_the_module(void **state)
{
	struct live_test *test = *state;
	uint64_t value = 0;
	int there = host_msr(test->host, 0x10, &value, &test->faults); /* the clock */

	if (access("/dev/cpu/0/msr", R_OK) != 0)
		assert_int_equal(there, -1);
	if (there == 1)
		assert_true(value != 0);
	assert_int_equal(test->faults.count, there < 0);
}

/* The kernel's own configuration, which not every kernel keeps. */
static void what_is_packed_is_read(void **state)
{
	struct live_test *test = *state;
	const char *text = NULL;
	size_t size = 0;

	assert_int_equal(host_unpack(test->host, "/nowhere.gz", &text, &size, &test->faults), 0);
	int there = host_unpack(test->host, "/proc/config.gz", &text, &size, &test->faults);
	assert_int_equal(there, access("/proc/config.gz", F_OK) == 0);
	if (there)
		assert_non_null(strstr(text, "\nCONFIG_64BIT=y\n"));
	live_put(live_path(test, "plain"), "not packed\n", 11);
	there = host_unpack(test->host, live_path(test, "plain"), &text, &size, &test->faults);
	assert_int_equal(there, 1);
	assert_string_equal(text, "not packed\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(the_processor_answers),
		LIVE_TEST(kvm_is_asked),
		LIVE_TEST(what_is_packed_is_read),
		LIVE_TEST(a_register_needs_the_module),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
