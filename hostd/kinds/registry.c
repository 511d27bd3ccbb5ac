/* registry.c - every kind, in the order in which it is applied.
 *
 * Adding a kind: add its file, add its line.  What a kind implies of another stands
 * after it in `complete` and so before it here: networks imply rules and links.
 */
#include <stddef.h>

#include "resource/kind.h"

/* clang-format off */
#define KINDS(kind) \
	kind(agent) \
	kind(require) \
	kind(boot) \
	kind(kernel_args) \
	kind(host) \
	kind(sysctl) \
	kind(swap) \
	kind(users) \
	kind(modules) \
	kind(kvm) \
	kind(iommu) \
	kind(hugepages) \
	kind(transparent_hugepages) \
	kind(ksm) \
	kind(cpu) \
	kind(isolated) \
	kind(disks) \
	kind(fleets) \
	kind(slices) \
	kind(memory) \
	kind(links) \
	kind(devices) \
	kind(sriov) \
	kind(firewall) \
	kind(networks) \
	kind(libvirt_networks) \
	kind(pools) \
	kind(libvirt_pools) \
	kind(libvirt_volumes) \
	kind(images) \
	kind(volumes) \
	kind(guests)
/* clang-format on */

#define DECLARE(name) extern const struct kind name##_kind;
#define LIST(name)    &name##_kind,

KINDS(DECLARE)
const struct kind *const kinds[] = { KINDS(LIST) NULL };
