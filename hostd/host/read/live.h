/* live.h - the pieces of the live machine (host.so): its state and what each file offers.
 *
 * Connections are opened when first needed and kept; answers that are asked for often are
 * remembered until live_forget.
 */
#pragma once

#include "host/read/host.h"
#include "host/read/live_bus.h"
#include "host/read/live_secrets.h"
#include "host/read/live_virt.h"

struct live {
	struct host host;
	int root;
	struct bus bus;
	struct virt virt;
	struct {
		const struct host_links *links;
		const struct host_domains *domains;
		const struct host_virt_objects *networks, *pools;
		const char *capabilities;
		const char *domain_capabilities_kvm, *domain_capabilities_qemu;
		const struct live_cpu_known *cpus;
		const struct known_secrets *secrets;
	} known;
};

struct live_cpu_known { /* what libvirt answered of processors */
	struct host_cpu_question question;
	struct host_cpu_answer answer;
	const struct live_cpu_known *next;
};

struct live *live_of(struct host *host);

/* The live machine's op of that name (host_ops). */
int live_archive(struct host *host, const char *path, struct host_archive *ret,
		 struct faults *faults);
int live_unit(struct host *host, const char *name, struct host_unit *ret, struct faults *faults);
int live_settings(struct host *host, const char *unit, struct settings *ret, struct faults *faults);
int live_links(struct host *host, struct host_links *ret, struct faults *faults);
int live_vfs(struct host *host, const char *link, struct host_vfs *ret, struct faults *faults);
int live_domains(struct host *host, struct host_domains *ret, struct faults *faults);
int live_networks(struct host *host, struct host_virt_objects *ret, struct faults *faults);
int live_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults);
int live_volumes(struct host *host, const char *pool, struct host_volumes *ret,
		 struct faults *faults);
int live_capabilities(struct host *host, const char **ret_xml, struct faults *faults);
int live_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
			     struct faults *faults);
int live_cpu(struct host *host, const struct host_cpu_question *question,
	     struct host_cpu_answer *ret, struct faults *faults);
int live_rules(struct host *host, const char *family, const char *table, const char **ret_json,
	       struct faults *faults);
int live_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
		       struct faults *faults);
int live_unpack(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		struct faults *faults);
int live_kvm(struct host *host, struct host_kvm *ret, struct faults *faults);
int live_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret, struct faults *faults);
int live_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults);

/* host_module's open_live. */
struct host *live_open(struct arena *arena, struct faults *faults);
