/* sysfs.c - sysfs_write: one value of the kernel, below /sys or /proc. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/write.h"

/* The kernel's own links (/sys/class) lead to where a value stands; nobody else makes any. */
static int value_open(const char *path, int flags, struct faults *faults)
{
	bool known = string_starts(path, "/sys/") || string_starts(path, "/proc/");

	if (!known || strstr(path, "/../"))
		return fault(faults, FAULT_HOST, "\"%s\" is no value of the kernel", path);
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	return fd;
}

/* One write: the kernel takes each as a whole value. */
static int value_write(int fd, const char *path, const char *value, struct faults *faults)
{
	size_t size = strlen(value);
	ssize_t written = write(fd, value, size);

	if (written < 0 || (size_t)written != size)
		return fault_errno(faults, written < 0 ? errno : EIO,
				   "the kernel does not take \"%s\" for \"%s\"", value, path);
	return 0;
}

/* As it would be written: without its line end; "always [madvise] never" means madvise.
 * NULL where the kernel only takes the value and never tells it. */
static int value_read(struct write *write, const char *path, const char **ret,
		      struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	struct stat status;

	if (stat(path, &status) == 0 && !(status.st_mode & S_IRUSR)) {
		*ret = NULL;
		return 0;
	}
	FILES_CLOSE int fd = value_open(path, O_RDONLY, faults);
	if (fd < 0 || files_read_all(write->arena, fd, path, &text, &size, faults) < 0)
		return -1;
	while (size && strchr("\n \t", text[size - 1]))
		size--;
	const char *value = arena_strndup(write->arena, text, size);
	const char *chosen = strchr(value, '['), *end = chosen ? strchr(chosen, ']') : NULL;
	*ret = end ? arena_strndup(write->arena, chosen + 1, (size_t)(end - chosen - 1)) : value;
	return 0;
}

/* /proc/sys shows several numbers with tabs between them, however they were written. */
static bool same_value(const char *a, const char *b)
{
	if (!a)
		return false;
	while (*a || *b) {
		size_t blank_a = strspn(a, " \t"), blank_b = strspn(b, " \t");
		if ((blank_a > 0) != (blank_b > 0) || a[blank_a] != b[blank_b])
			return false;
		a += blank_a + (a[blank_a] != '\0');
		b += blank_b + (b[blank_b] != '\0');
	}
	return true;
}

int sysfs_write_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	const char *value = NULL;

	if (value_read(write, step->argument[0], &value, faults) < 0)
		return -1;
	if (!value || same_value(value, step->argument[1]))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_sysfs_write, step->argument[0], value, NULL);
}

int sysfs_write_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *path = step->argument[0], *wanted = step->argument[1], *value = NULL;

	if (value_read(write, path, &value, faults) < 0)
		return -1;
	if (same_value(value, wanted))
		return outcome_is(ret, RESULT_SAME);
	FILES_CLOSE int fd = value_open(path, O_WRONLY | O_TRUNC, faults);
	if (fd < 0 || value_write(fd, path, wanted, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
