/* live_processor.c - KVM's ioctls, CPUID, and model-specific registers. */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/read/live.h"

/* Without a driver behind the node, which kmod makes early, opening fails with ENODEV. */
static bool is_not_there(int error)
{
	return error == ENOENT || error == ENODEV || error == ENXIO;
}

static unsigned kvm_extension(int fd, unsigned long extension)
{
	int answer = ioctl(fd, KVM_CHECK_EXTENSION, extension);

	return answer > 0 ? (unsigned)answer : 0;
}

int live_kvm(struct host *host, struct host_kvm *ret, struct faults *faults)
{
	FILES_CLOSE int fd = files_open(live_of(host)->root, "/dev/kvm", O_RDWR);

	if (fd < 0)
		return is_not_there(errno) ? 0 : fault_errno(faults, errno, "cannot open /dev/kvm");
	int api = ioctl(fd, KVM_GET_API_VERSION, 0ul);
	if (api < 0)
		return fault_errno(faults, errno, "cannot ask /dev/kvm for its version");
	*ret = (struct host_kvm){
		.api = api,
		.vcpus = kvm_extension(fd, KVM_CAP_NR_VCPUS),
		.max_vcpus = kvm_extension(fd, KVM_CAP_MAX_VCPUS),
	};
	return 1;
}

int live_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret, struct faults *faults)
{
	(void)host, (void)faults;
	return __get_cpuid_count(leaf, 0, &ret->eax, &ret->ebx, &ret->ecx, &ret->edx);
}

int live_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults)
{
	uint64_t value = 0;
	FILES_CLOSE int fd = files_open(live_of(host)->root, "/dev/cpu/0/msr", O_RDONLY);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open /dev/cpu/0/msr");
	ssize_t size = pread(fd, &value, sizeof(value), (off_t)number);
	if (size == sizeof(value))
		*ret = value;
	else if (size < 0 && errno == EIO)
		return 0; /* the processor has no such register */
	else
		return fault_errno(faults, errno, "cannot read register 0x%" PRIx32, number);
	return 1;
}
