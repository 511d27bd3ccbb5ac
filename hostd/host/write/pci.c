/* pci.c - pci_driver: which driver has a PCI function.
 *
 * driver_override, unbind, bind and drivers_probe of Documentation/ABI/testing/sysfs-bus-pci.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/write.h"

#define BUS "/sys/bus/pci"

struct function {
	const char *name, *folder;
	const char *driver;   /* what is bound to it; "" nothing */
	const char *override; /* "" none */
	const char *group;    /* its IOMMU group, or NULL */
};

static int address_check(const char *name, struct faults *faults)
{
	size_t size = strspn(name, "0123456789abcdef:.");

	if (!name[size] && size >= strlen("0000:00:00.0"))
		return 0;
	return fault(faults, FAULT_HOST, "\"%s\" is no PCI address", name);
}

/* The last part of where the link leads, or NULL. */
static const char *link_name(struct write *write, const char *path)
{
	char target[PATH_MAX];
	ssize_t size = readlink(path, target, sizeof(target) - 1);

	if (size < 0)
		return NULL;
	target[size] = '\0';
	const char *slash = strrchr(target, '/');
	return arena_strdup(write->arena, slash ? slash + 1 : target);
}

static int override_read(struct write *write, const char *path, const char **ret,
			 struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	FILES_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (files_read_all(write->arena, fd, path, &text, &size, faults) < 0)
		return -1;
	*ret = arena_strndup(write->arena, text, strcspn(text, "\n"));
	if (strcmp(*ret, "(null)") == 0)
		*ret = "";
	return 0;
}

/* 1, 0 where there is no such function, or -1. */
static int function_look(struct write *write, const char *name, struct function *ret,
			 struct faults *faults)
{
	struct function function = { .name = name };

	if (address_check(name, faults) < 0)
		return -1;
	function.folder = arena_printf(write->arena, BUS "/devices/%s", name);
	if (access(function.folder, F_OK) < 0)
		return errno == ENOENT ? 0 : fault_errno(faults, errno, "cannot see %s", name);
	const char *driver =
		link_name(write, arena_printf(write->arena, "%s/driver", function.folder));
	function.driver = driver ? driver : "";
	function.group =
		link_name(write, arena_printf(write->arena, "%s/iommu_group", function.folder));
	if (override_read(write, arena_printf(write->arena, "%s/driver_override", function.folder),
			  &function.override, faults) < 0)
		return -1;
	*ret = function;
	return 1;
}

static bool as_wanted(const struct step *step, const struct function *function)
{
	const char *driver = step->argument[1];

	return string_equal(function->override, step->argument[2]) &&
	       (driver ? string_equal(function->driver, driver) : *function->driver != '\0');
}

int pci_driver_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	struct function function = {};
	int there = function_look(write, step->argument[0], &function, faults);

	if (there < 0)
		return -1;
	if (!there || as_wanted(step, &function))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pci_driver, step->argument[0], function.driver,
			  function.override);
}

/* One write of a whole value; ENOENT where the file is not there. */
static int value_write(const char *path, const char *value)
{
	FILES_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

/* vfio lets nobody take away what a guest has open: the kernel would wait for it in vain, and we
 * with it.  A group is opened by one at a time. */
static bool guest_has(struct write *write, const struct function *function)
{
	if (!string_equal(function->driver, "vfio-pci") || !function->group)
		return false;
	FILES_CLOSE int fd = open(arena_printf(write->arena, "/dev/vfio/%s", function->group),
				  O_RDWR | O_CLOEXEC);
	/* Whatever else keeps us from opening it may be a guest, too. */
	return fd < 0 && errno != ENOENT;
}

static int unbind(struct write *write, const struct function *function, struct faults *faults)
{
	int error = value_write(arena_printf(write->arena, "%s/driver/unbind", function->folder),
				function->name);

	if (error && error != -ENOENT && error != -ENODEV)
		return fault_errno(faults, -error, "%s does not let go of %s", function->driver,
				   function->name);
	return 0;
}

/* Its module may not be loaded: a driver that was kept away at boot never came. */
static int bind_to(struct write *write, const struct function *function, const char *driver,
		   struct faults *faults)
{
	const char *path = arena_printf(write->arena, BUS "/drivers/%s/bind", driver);
	int error = value_write(path, function->name);

	if (error == -ENOENT &&
	    module_wake(write, driver, arena_printf(write->arena, "%s/modalias", function->folder),
			faults) < 0)
		return -1;
	const char *now =
		link_name(write, arena_printf(write->arena, "%s/driver", function->folder));
	if (string_equal(now, driver)) /* loading it was enough */
		return 0;
	if (error == -ENOENT)
		error = value_write(path, function->name);
	return error ? fault_errno(faults, -error, "%s does not take %s", driver, function->name)
		     : 0;
}

int pci_driver_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	const char *driver = step->argument[1], *override = step->argument[2];
	struct function function = {};
	int there = function_look(write, step->argument[0], &function, faults), error = 0;

	if (there < 0)
		return -1;
	if (!there)
		return fault(faults, FAULT_MOVED, "there is no device %s", step->argument[0]);
	if (as_wanted(step, &function))
		return outcome_is(ret, RESULT_SAME);
	bool moves = !driver || !string_equal(function.driver, driver);
	if (moves && guest_has(write, &function))
		return outcome_why(ret, RESULT_PENDING, "a guest lets go of the device");
	if (moves && *function.driver && unbind(write, &function, faults) < 0)
		return -1;
	error = value_write(arena_printf(write->arena, "%s/driver_override", function.folder),
			    *override ? override : "\n");
	if (error)
		return fault_errno(faults, -error, "cannot set the driver of %s", function.name);
	if (!driver)
		error = value_write(BUS "/drivers_probe", function.name);
	if (error)
		return fault_errno(faults, -error, "no driver takes %s", function.name);
	if (moves && driver && *driver && bind_to(write, &function, driver, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
