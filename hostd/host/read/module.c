#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/read/host.h"

/* By its path: the run path of the program is not looked at where dlopen was called by a library
 * that stands before it (a sanitizer's). */
static void *module_open(const char *folder, const char *below)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, below);
	return access(path, F_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/* Beside the program (in a build folder), or where it is installed. */
static void *module_find(void)
{
	char folder[PATH_MAX] = "";
	ssize_t size = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash = size > 0 ? strrchr(folder, '/') : NULL;

	if (!slash)
		return dlopen("host.so", RTLD_NOW | RTLD_LOCAL);
	*slash = '\0';
	void *handle = module_open(folder, "host.so");
	if (!handle)
		handle = module_open(folder, "../lib/gasthof/host.so");
	return handle ? handle : dlopen("host.so", RTLD_NOW | RTLD_LOCAL);
}

/* Never unloaded: libvirt and libnftables register exit handlers. */
const struct host_module *host_module_load(struct faults *faults)
{
	void *handle = module_find();

	if (!handle) {
		fault(faults, FAULT_HOST, "cannot load host.so: %s", dlerror());
		return NULL;
	}
	const struct host_module *module = dlsym(handle, "host_module");
	if (!module) {
		fault(faults, FAULT_HOST, "host.so is not a module of this program");
		return NULL;
	}
	if (module->version != HOST_MODULE_VERSION) {
		fault(faults, FAULT_HOST, "host.so has version %u, this program needs %u",
		      module->version, HOST_MODULE_VERSION);
		return NULL;
	}
	return module;
}
