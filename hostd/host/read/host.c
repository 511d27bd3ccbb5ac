#include "host/read/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int host_read(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
	      struct faults *faults)
{
	return host->ops->read(host, path, ret_text, ret_size, faults);
}

int host_list(struct host *host, const char *path, struct host_names *ret, struct faults *faults)
{
	return host->ops->list(host, path, ret, faults);
}

int host_link(struct host *host, const char *path, const char **ret_target, struct faults *faults)
{
	return host->ops->link(host, path, ret_target, faults);
}

int host_stat(struct host *host, const char *path, struct host_file *ret, struct faults *faults)
{
	return host->ops->stat(host, path, ret, faults);
}

int host_xattr(struct host *host, const char *path, const char *name, const char **ret_value,
	       struct faults *faults)
{
	return host->ops->xattr(host, path, name, ret_value, faults);
}

int host_space(struct host *host, const char *path, uint64_t *ret_free, struct faults *faults)
{
	return host->ops->space(host, path, ret_free, faults);
}

int host_image(struct host *host, const char *path, struct host_image *ret, struct faults *faults)
{
	return host->ops->image(host, path, ret, faults);
}

int host_archive(struct host *host, const char *path, struct host_archive *ret,
		 struct faults *faults)
{
	return host->ops->archive(host, path, ret, faults);
}

int host_unit(struct host *host, const char *name, struct host_unit *ret, struct faults *faults)
{
	return host->ops->unit(host, name, ret, faults);
}

bool host_unit_runs(const struct host_unit *unit)
{
	return string_equal(unit->active, "active") || string_equal(unit->active, "reloading") ||
	       string_equal(unit->active, "refreshing");
}

int host_settings(struct host *host, const char *unit, struct settings *ret, struct faults *faults)
{
	return host->ops->settings(host, unit, ret, faults);
}

int host_links(struct host *host, struct host_links *ret, struct faults *faults)
{
	return host->ops->links(host, ret, faults);
}

int host_vfs(struct host *host, const char *link, struct host_vfs *ret, struct faults *faults)
{
	return host->ops->vfs(host, link, ret, faults);
}

int host_domains(struct host *host, struct host_domains *ret, struct faults *faults)
{
	return host->ops->domains(host, ret, faults);
}

int host_networks(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	return host->ops->networks(host, ret, faults);
}

int host_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	return host->ops->pools(host, ret, faults);
}

int host_volumes(struct host *host, const char *pool, struct host_volumes *ret,
		 struct faults *faults)
{
	return host->ops->volumes(host, pool, ret, faults);
}

int host_capabilities(struct host *host, const char **ret_xml, struct faults *faults)
{
	return host->ops->capabilities(host, ret_xml, faults);
}

int host_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
			     struct faults *faults)
{
	return host->ops->domain_capabilities(host, virt, ret_xml, faults);
}

int host_cpu(struct host *host, const struct host_cpu_question *question,
	     struct host_cpu_answer *ret, struct faults *faults)
{
	return host->ops->cpu(host, question, ret, faults);
}

int host_rules(struct host *host, const char *family, const char *table, const char **ret_json,
	       struct faults *faults)
{
	return host->ops->rules(host, family, table, ret_json, faults);
}

int host_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
		       struct faults *faults)
{
	return host->ops->kernel_module(host, name, ret, faults);
}

int host_unpack(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		struct faults *faults)
{
	return host->ops->unpack(host, path, ret_text, ret_size, faults);
}

int host_kvm(struct host *host, struct host_kvm *ret, struct faults *faults)
{
	return host->ops->kvm(host, ret, faults);
}

int host_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret, struct faults *faults)
{
	return host->ops->cpuid(host, leaf, ret, faults);
}

int host_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults)
{
	return host->ops->msr(host, number, ret, faults);
}

void host_forget(struct host *host)
{
	host->ops->forget(host);
}

void host_close(struct host *host)
{
	if (host)
		host->ops->close(host);
}

int host_read_line(struct host *host, const char *path, const char **ret_line,
		   struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, path, &text, &size, faults);

	if (there == 1)
		*ret_line = arena_strndup(host->arena, text, strcspn(text, "\n"));
	return there;
}

int host_read_count(struct host *host, const char *path, uint64_t *ret_count, struct faults *faults)
{
	const char *line = NULL;
	char *end = NULL;
	int there = host_read_line(host, path, &line, faults);

	if (there != 1)
		return there;
	errno = 0;
	uint64_t count = strtoull(line, &end, 10);
	if (*line < '0' || *line > '9' || *end || errno)
		return fault(faults, FAULT_HOST, "\"%s\" holds \"%s\", not a count", path, line);
	*ret_count = count;
	return 1;
}
