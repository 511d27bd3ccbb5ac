/* kexec.c - kexec_load, kexec_unload: kexec_file_load(2), which glibc has no function for. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/place.h"
#include "host/write/write.h"

#define LOADED "/sys/kernel/kexec_loaded"

static int file_open(const char *path, struct faults *faults)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fault_errno(faults, errno, "cannot open \"%s\"", path) : fd;
}

static int load(const struct step *step, struct faults *faults)
{
	const char *kernel = step->argument[0], *initrd = step->argument[1];
	const char *line = step->argument[2];
	FILES_CLOSE int kernel_fd = file_open(kernel, faults);
	FILES_CLOSE int initrd_fd = initrd && kernel_fd >= 0 ? file_open(initrd, faults) : -1;
	unsigned long flags = initrd ? 0 : KEXEC_FILE_NO_INITRAMFS;

	if (kernel_fd < 0 || (initrd && initrd_fd < 0))
		return -1;
	if (syscall(SYS_kexec_file_load, kernel_fd, initrd_fd, strlen(line) + 1, line, flags) == 0)
		return 0;
	int error = errno;
	fault_errno(faults, error, "the kernel does not take \"%s\" for kexec", kernel);
	if (error == EPERM)
		fault_hint(faults, "with Secure Boot it takes signed kernels only");
	return -1;
}

int kexec_load_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	(void)write, (void)step, (void)faults;
	return inverse_of(ret, VERB_kexec_unload, NULL, NULL, NULL);
}

int kexec_load_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	(void)write;
	/* What is loaded cannot be asked what it is: it is loaded again. */
	if (load(step, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int kexec_unload_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	(void)write, (void)step;
	if (access(LOADED, R_OK) < 0)
		return outcome_is(ret, RESULT_SAME);
	if (syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, (unsigned long)KEXEC_FILE_UNLOAD) < 0)
		return fault_errno(faults, errno, "cannot unload the kernel that is to come");
	return outcome_is(ret, RESULT_DONE);
}
