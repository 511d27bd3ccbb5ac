/* live_kept.c - what libvirt keeps of a domain beside its definition: saved memory, snapshots,
 * checkpoints.  https://libvirt.org/html/libvirt-libvirt-domain-snapshot.html */
#include <stdlib.h>
#include <string.h>

#include "host/read/live_domains.h"

/* How the two kinds are asked for: QEMU's driver knows both, others not all. */
struct kept_kind {
	const char *what;
	int (*all)(virDomainPtr domain, void ***ret);
	const char *(*name)(void *object);
	int (*free)(void *object);
};

static int all_snapshots(virDomainPtr domain, void ***ret)
{
	return virDomainListAllSnapshots(domain, (virDomainSnapshotPtr **)ret, 0);
}

static const char *snapshot_name(void *object)
{
	return virDomainSnapshotGetName(object);
}

static int free_snapshot(void *object)
{
	return virDomainSnapshotFree(object);
}

static int all_checkpoints(virDomainPtr domain, void ***ret)
{
	return virDomainListAllCheckpoints(domain, (virDomainCheckpointPtr **)ret, 0);
}

static const char *checkpoint_name(void *object)
{
	return virDomainCheckpointGetName(object);
}

static int free_checkpoint(void *object)
{
	return virDomainCheckpointFree(object);
}

static const struct kept_kind snapshots = { "snapshots", all_snapshots, snapshot_name,
					    free_snapshot };
static const struct kept_kind checkpoints = { "checkpoints", all_checkpoints, checkpoint_name,
					      free_checkpoint };

static bool is_unknown_here(void)
{
	const virError *error = virGetLastError();

	return error &&
	       (error->code == VIR_ERR_NO_SUPPORT || error->code == VIR_ERR_OPERATION_UNSUPPORTED);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In an order of their own: libvirt's is another each time. */
static int names_look(struct arena *arena, virDomainPtr domain, const struct kept_kind *kind,
		      struct text_list *ret, struct faults *faults)
{
	void **objects = NULL;
	int count = kind->all(domain, &objects);

	if (count < 0)
		return virt_gone() || is_unknown_here()
			       ? 0
			       : virt_fault(faults, "cannot list the %s of domain \"%s\"",
					    kind->what, virDomainGetName(domain));
	for (int i = 0; i < count; i++) {
		text_list_push(arena, ret, arena_strdup(arena, kind->name(objects[i])));
		kind->free(objects[i]);
	}
	free(objects);
	if (ret->count)
		qsort(ret->at, ret->count, sizeof(*ret->at), name_order);
	return 0;
}

int live_kept(struct live *live, virDomainPtr domain, struct host_domain *ret,
	      struct faults *faults)
{
	struct arena *arena = live->host.arena;
	int saved = virDomainHasManagedSaveImage(domain, 0);

	if (saved < 0 && !virt_gone() && !is_unknown_here())
		return virt_fault(faults, "cannot see whether domain \"%s\" was saved",
				  virDomainGetName(domain));
	ret->saved = saved == 1;
	return names_look(arena, domain, &snapshots, &ret->snapshots, faults) < 0 ||
			       names_look(arena, domain, &checkpoints, &ret->checkpoints, faults) <
				       0
		       ? -1
		       : 0;
}
