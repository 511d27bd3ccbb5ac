#include "host/read/live.h"

#include <errno.h>
#include <fcntl.h>

#include "host/read/files.h"

struct live *live_of(struct host *host)
{
	return (struct live *)host;
}

static int live_read(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		     struct faults *faults)
{
	return files_read(host->arena, live_of(host)->root, path, ret_text, ret_size, faults);
}

static int live_list(struct host *host, const char *path, struct host_names *ret,
		     struct faults *faults)
{
	return files_list(host->arena, live_of(host)->root, path, ret, faults);
}

static int live_link(struct host *host, const char *path, const char **ret_target,
		     struct faults *faults)
{
	return files_link(host->arena, live_of(host)->root, path, ret_target, faults);
}

static int live_stat(struct host *host, const char *path, struct host_file *ret,
		     struct faults *faults)
{
	return files_stat(live_of(host)->root, path, ret, faults);
}

static int live_xattr(struct host *host, const char *path, const char *name, const char **ret_value,
		      struct faults *faults)
{
	return files_xattr(host->arena, live_of(host)->root, path, name, ret_value, faults);
}

static int live_space(struct host *host, const char *path, uint64_t *ret_free,
		      struct faults *faults)
{
	return files_space(live_of(host)->root, path, ret_free, faults);
}

static int live_image(struct host *host, const char *path, struct host_image *ret,
		      struct faults *faults)
{
	return files_image(host->arena, live_of(host)->root, path, ret, faults);
}

static void live_forget(struct host *host)
{
	live_of(host)->known = (__typeof__(live_of(host)->known)){};
}

static void live_close(struct host *host)
{
	struct live *live = live_of(host);

	live_forget(host);
	bus_close(&live->bus);
	virt_close(&live->virt);
	files_close(&live->root);
}

static const struct host_ops live_ops = {
	.read = live_read,
	.list = live_list,
	.link = live_link,
	.stat = live_stat,
	.xattr = live_xattr,
	.space = live_space,
	.image = live_image,
	.archive = live_archive,
	.unit = live_unit,
	.settings = live_settings,
	.links = live_links,
	.vfs = live_vfs,
	.domains = live_domains,
	.networks = live_networks,
	.pools = live_pools,
	.volumes = live_volumes,
	.capabilities = live_capabilities,
	.domain_capabilities = live_domain_capabilities,
	.cpu = live_cpu,
	.rules = live_rules,
	.kernel_module = live_kernel_module,
	.unpack = live_unpack,
	.kvm = live_kvm,
	.cpuid = live_cpuid,
	.msr = live_msr,
	.forget = live_forget,
	.close = live_close,
};

struct host *live_open(struct arena *arena, struct faults *faults)
{
	struct live *live = ARENA_NEW(arena, struct live);

	live->host = (struct host){ .ops = &live_ops, .arena = arena };
	live->virt.uri = VIRT_URI;
	live->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (live->root < 0) {
		fault_errno(faults, errno, "cannot open the root folder");
		return NULL;
	}
	return &live->host;
}
