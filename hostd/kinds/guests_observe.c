/* guests_observe.c - libvirt's domains as guests. */
#include <stdlib.h>
#include <string.h>

#include "formats/domain.h"
#include "formats/seed.h"
#include "kinds/guests_pins.h"

/* The files of a seed are as they would be written from its own record. */
static bool seed_is_whole(struct arena *arena, const struct host_archive *archive,
			  const struct guest_cloud_init *cloud_init, const char *handle)
{
	const struct node *files = seed_files(arena, cloud_init, handle);
	size_t count = 0;

	if (!string_equal(archive->label, SEED_LABEL))
		return false;
	EACH(file, &archive->list) {
		const struct node *node = node_get(files, file->name);
		if (!node || strcmp(node->text, file->text) != 0)
			return false;
		count++;
	}
	return count == files->count;
}

static const char *record_of(const struct host_archive *archive)
{
	EACH(file, &archive->list)
		if (strcmp(file->name, SEED_RECORD) == 0)
			return file->text;
	return NULL;
}

/* A seed that is damaged or not of our making is not there: it is written again. */
static int seed_observe(struct host *host, struct guest *guest, const char *handle,
			struct faults *faults)
{
	struct host_archive archive = {};
	struct guest_cloud_init *cloud_init = record_new(host->arena, &guest_cloud_init_record);
	struct faults unheard;

	int found = host_archive(host, guest->seed, &archive, faults);
	if (found <= 0)
		return found;
	const char *record = record_of(&archive);
	faults_init(&unheard, host->arena);
	if (!record || seed_read(host->arena, record, cloud_init, &unheard) < 0 ||
	    !seed_is_whole(host->arena, &archive, cloud_init, handle))
		return 0;
	SET(&guest_record, guest, cloud_init, *cloud_init);
	return 0;
}

/* What was noted of another start of it is of no use any more. */
static int refusals_observe(struct host *host, struct guest *guest,
			    const struct domain_identity *identity, struct faults *faults)
{
	const char *path = refusal_path(host->arena, identity->uuid), *text = NULL;
	struct refusals *refused = ARENA_NEW(host->arena, struct refusals);
	size_t size = 0;

	int there = host_read(host, path, &text, &size, faults);
	if (there != 1)
		return there;
	refusals_read(host->arena, text, refused);
	if (string_equal(refused->life, identity->life))
		guest->refused = refused;
	return 0;
}

static const struct guest *last_given(const struct items *items, const char *handle)
{
	const struct item *last =
		items->given ? items_find(items->given, &guests_kind, handle) : NULL;

	return last ? last->value : NULL;
}

/* libvirt has the secrets of the block that our mark keeps veiled. */
static void secrets_observe(struct arena *arena, struct guest *guest, const char *clear)
{
	if (clear && GIVEN(&guest_record, guest, libvirt_xml))
		guest->libvirt_xml = definition_unveil_block(arena, guest->libvirt_xml, clear);
}

static void names_keep(struct arena *arena, struct text_list *list, const struct text_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		text_list_push(arena, list, arena_strdup(arena, names->at[i]));
}

static void kept_observe(struct arena *arena, struct guest *guest, const struct host_domain *domain)
{
	guest->saved = domain->saved;
	names_keep(arena, &guest->snapshots, &domain->snapshots);
	names_keep(arena, &guest->checkpoints, &domain->checkpoints);
}

/* One of a domain's definitions, beside what is configured (NULL: that itself, or nothing is). */
struct definition_seen {
	const char *xml, *clear;
	const struct item *file;
};

/* Whose it is: memory that was saved before the guest became ours does not know, nor does the guest
 * that goes on from it. */
static struct item *item_observe(const struct definition_seen *seen, const char *handle,
				 const char *name, struct items *items, struct guest *guest)
{
	const struct item *file = seen->file && seen->file->ours && !handle ? seen->file : NULL;
	struct item *item = items_add(items, &guests_kind,
				      file     ? file->name
				      : handle ? handle
					       : name);

	if (file)
		SET(&guest_record, guest, started, ((const struct guest *)file->value)->started);
	item->value = guest;
	item->ours = file || handle;
	return item;
}

static int definition_observe(struct host *host, const struct host_domain *domain,
			      const struct definition_seen *seen, struct items *items,
			      struct item **ret_item, struct faults *faults)
{
	struct guest *guest = record_new(items->arena, &guest_record);
	struct domain_identity identity = {};
	struct faults why;

	if (domain_read(items->arena, arena_strdup(items->arena, seen->xml), guest, &identity,
			faults) < 0)
		return -1;
	secrets_observe(items->arena, guest, seen->clear);
	struct item *item = item_observe(seen, identity.handle, domain->name, items, guest);
	bool ours = item->ours;
	guest->last = ours ? last_given(items, item->name) : NULL;
	kept_observe(items->arena, guest, domain);
	SET(&guest_autostart_record, &guest->autostart, on, domain->autostart);
	SET(&guest_autostart_record, &guest->autostart, libvirt, domain->autostart);
	faults_init(&why, items->arena);
	if (ours && GIVEN(&guest_record, guest, seed) &&
	    seed_observe(host, guest, item->name, &why) < 0)
		item_unread(item, &why);
	if (ours && identity.life && refusals_observe(host, guest, &identity, &why) < 0)
		item_unread(item, &why);
	*ret_item = item;
	return 0;
}

/* libvirt tells of a running guest that it is where all are that have no place of their own. */
static void partition_settle(const struct item *configured, struct guest *running)
{
	const struct guest *file = configured ? configured->value : NULL;
	struct guest_resource *resource = &running->resource;

	if (!string_equal(resource->partition, "/machine") ||
	    (file && GIVEN(&guest_resource_record, &file->resource, partition)))
		return;
	resource->partition = NULL;
	record_give(&guest_resource_record, resource, offsetof(struct guest_resource, partition),
		    false);
}

static const char *local_path(const struct guest_disk *disk)
{
	const struct guest_storage *storage = &disk->storage;

	if (GIVEN(&guest_disk_record, disk, source))
		return disk->source;
	return GIVEN(&guest_storage_record, storage, file) ? storage->file : NULL;
}

bool guest_disk_left_out(struct host *host, const struct guest_disk *disk)
{
	const char *policy = disk->storage.startup, *path = local_path(disk);
	struct host_file file = {};
	struct faults unheard;

	if (!path || (!string_equal(policy, "optional") && !string_equal(policy, "requisite")))
		return false;
	faults_init(&unheard, host->arena);
	return host_stat(host, path, &file, &unheard) == 0;
}

/* What libvirt left out of a running guest for lack of its file is as configured until it is there.
 */
static void left_out_settle(struct host *host, const struct item *configured, struct arena *arena,
			    struct guest *running)
{
	const struct guest *file = configured ? configured->value : NULL;

	for (size_t i = 0; file && i < file->disks.count; i++) {
		const struct guest_disk *disk = file->disks.at[i].value;
		const struct member *there = map_get(&running->disks, file->disks.at[i].name);
		struct guest_disk *drive = there ? there->value : NULL;
		if ((drive && local_path(drive)) || !guest_disk_left_out(host, disk))
			continue;
		if (!drive)
			drive = map_add(arena, &running->disks, &guest_disk_record,
					file->disks.at[i].name);
		*drive = *disk;
	}
}

static int running_observe(struct host *host, const struct host_domain *domain,
			   const struct item *file, struct items *running, struct faults *faults)
{
	const struct definition_seen live = { domain->live_xml, domain->live_clear, file };
	struct item *item = NULL;

	if (definition_observe(host, domain, &live, running, &item, faults) < 0)
		return -1;
	struct guest *guest = item->value;
	partition_settle(file, guest);
	guest->balloon_filled = domain->balloon_filled;
	left_out_settle(host, file, running->arena, guest);
	SET(&guest_record, guest, state, arena_strdup(running->arena, domain->state));
	return 0;
}

/* What is off runs, when it runs, with what is configured; or as it was when it was saved. */
static int off_observe(struct host *host, const struct host_domain *domain, const struct item *file,
		       struct items *running, struct faults *faults)
{
	const struct definition_seen saved = { domain->saved_xml, domain->saved_clear, file };
	struct item *item = NULL;

	if (saved.xml) {
		if (definition_observe(host, domain, &saved, running, &item, faults) < 0)
			return -1;
		partition_settle(file, item->value);
		left_out_settle(host, file, running->arena, item->value);
	} else {
		item = items_add(running, &guests_kind, file->name);
		*(struct guest *)item->value = *(const struct guest *)file->value;
		item->ours = file->ours;
		item->unread = file->unread;
	}
	SET(&guest_record, (struct guest *)item->value, state, "stopped");
	return 0;
}

static int domain_observe(struct host *host, const struct host_domain *domain,
			  struct items *configured, struct items *running, struct faults *faults)
{
	const struct definition_seen inactive = { domain->inactive_xml, domain->inactive_clear,
						  NULL };
	struct item *file = NULL;

	if (domain->inactive_xml &&
	    definition_observe(host, domain, &inactive, configured, &file, faults) < 0)
		return -1;
	if (domain->live_xml)
		return running_observe(host, domain, file, running, faults);
	return file ? off_observe(host, domain, file, running, faults) : 0;
}

int guests_observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults)
{
	struct host_domains domains = {};

	if (host_domains(host, &domains, faults) < 0)
		return -1;
	EACH(domain, &domains.list) {
		WITHIN(faults, "domain %s", domain->name);
		if (domain_observe(host, domain, configured, running, faults) < 0)
			return -1;
	}
	return 0;
}

/* ---- the machine ---- */

/* Whether there is KVM at all, require tells. */
static unsigned max_vcpus_look(struct host *host, struct arena *arena)
{
	struct host_kvm kvm = {};
	struct faults unheard;

	faults_init(&unheard, arena);
	return host_kvm(host, &kvm, &unheard) == 1 ? kvm.max_vcpus : 0;
}

/* What cannot be told is not noted, and no pin goes back to it. */
static const struct cpus *online_look(struct host *host, struct arena *arena)
{
	struct cpus *online = ARENA_NEW(arena, struct cpus);
	const char *line = NULL;
	struct faults unheard;

	faults_init(&unheard, arena);
	return host_read_line(host, "/sys/devices/system/cpu/online", &line, &unheard) == 1 &&
			       cpus_parse(line, online)
		       ? online
		       : NULL;
}

static int topology_probe(struct host *host, struct arena *arena, struct guest_facts *facts,
			  struct faults *faults)
{
	struct topology *topology = ARENA_NEW(arena, struct topology);

	facts->topology = topology;
	return topology_look(host, arena, topology, faults);
}

static void left_out_look(struct host *host, struct arena *arena, const struct guest *want,
			  struct guest_facts *facts)
{
	for (size_t i = 0; i < want->disks.count; i++)
		if (guest_disk_left_out(host, want->disks.at[i].value))
			ARRAY_PUSH(arena, &facts->left_out, want->disks.at[i].name);
}

int guests_probe(struct host *host, struct arena *arena, const struct item *want,
		 const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct guest_facts *facts = ARENA_NEW(arena, struct guest_facts);
	struct pci_machine *pci = ARENA_NEW(arena, struct pci_machine);

	(void)desired;
	if (guest_has_words(arena, want->value)) {
		if (pci_look(host, arena, pci, faults) < 0)
			return -1;
		facts->pci = pci;
	}
	if (memory_machine_look(host, &facts->memory, faults) < 0)
		return -1;
	if (guest_is_tied(want->value) && topology_probe(host, arena, facts, faults) < 0)
		return -1;
	if (guest_processor_probe(host, arena, want->value, &facts->processor, faults) < 0)
		return -1;
	left_out_look(host, arena, want->value, facts);
	facts->max_vcpus = max_vcpus_look(host, arena);
	facts->online = online_look(host, arena);
	facts->processors = facts->online ? cpus_count(facts->online) : 0;
	*ret_facts = facts;
	return 0;
}
