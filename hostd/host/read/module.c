#include <dlfcn.h>

#include "host/read/host.h"

/* Never unloaded: libvirt and libnftables register exit handlers. */
const struct host_module *host_module_load(struct faults *faults)
{
	void *handle = dlopen("host.so", RTLD_NOW | RTLD_LOCAL);

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
