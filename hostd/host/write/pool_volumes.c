/* pool_volumes.c - volumes in libvirt's storage pools. */
#include <stdlib.h>
#include <string.h>

#include "formats/definition.h"
#include "formats/libvirt_volume.h"
#include "host/write/virt_object.h"

static void volume_cleanup(virStorageVolPtr *volume)
{
	if (*volume)
		virStorageVolFree(*volume);
}
#define VIRT_VOLUME __attribute__((cleanup(volume_cleanup)))

/* Both as the step names them: 1, 0 where there is no such volume, -1; a pool that is not there is
 * NULL. */
static int volume_find(struct write *write, const struct step *step, virStoragePoolPtr *ret_pool,
		       virStorageVolPtr *ret, struct faults *faults)
{
	const char *pool = step->argument[0], *name = step->argument[1];
	virConnectPtr connection = virt_connect(&write->virt, faults);

	if (!connection)
		return -1;
	*ret_pool = virStoragePoolLookupByName(connection, pool);
	if (!*ret_pool)
		return virt_gone() ? 0 : virt_fault(faults, "cannot look up pool \"%s\"", pool);
	*ret = virStorageVolLookupByName(*ret_pool, name);
	if (*ret)
		return 1;
	return virt_gone() ? 0
			   : virt_fault(faults, "cannot look up volume \"%s\" in pool \"%s\"", name,
					pool);
}

/* ---- creation ---- */

int pool_volume_create_inverse(struct write *write, const struct step *step, struct step *ret,
			       struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	VIRT_VOLUME virStorageVolPtr volume = NULL;
	struct faults unheard;

	/* A pool that is not active by now is started by a step before. */
	faults_init(&unheard, faults->arena);
	if (volume_find(write, step, &pool, &volume, &unheard) == 1)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pool_volume_delete, step->argument[0], step->argument[1], NULL);
}

/* A repeated step finds its own work: of the same size and format. */
static int volume_compare(struct write *write, const struct step *step, virStorageVolPtr volume,
			  struct outcome *ret, struct faults *faults)
{
	const struct definition *definition = &libvirt_volume_definition;
	struct libvirt_volume *want = record_new(write->arena, &libvirt_volume_record);
	struct libvirt_volume *there = record_new(write->arena, &libvirt_volume_record);
	VIRT_STRING char *xml = virStorageVolGetXMLDesc(volume, 0);

	if (!xml)
		return virt_fault(faults, "cannot read volume \"%s\"", step->argument[1]);
	if (definition_of_xml(write->arena, definition, step->body, true, want, faults) < 0 ||
	    definition_of_xml(write->arena, definition, xml, true, there, faults) < 0)
		return -1;
	bool sized = !GIVEN(&libvirt_volume_record, want, capacity) ||
		     want->capacity.count == there->capacity.count;
	const char *format = want->target.format;
	if (sized && (!format || string_equal(format, there->target.format)))
		return outcome_is(ret, RESULT_SAME);
	return fault(faults, FAULT_MOVED, "\"%s\" is already in pool \"%s\" and is another volume",
		     step->argument[1], step->argument[0]);
}

int pool_volume_create_perform(struct write *write, const struct step *step, struct outcome *ret,
			       struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	VIRT_VOLUME virStorageVolPtr volume = NULL;
	int there = volume_find(write, step, &pool, &volume, faults);

	if (there < 0)
		return -1;
	if (!pool)
		return fault(faults, FAULT_MOVED, "there is no pool \"%s\"", step->argument[0]);
	if (there)
		return volume_compare(write, step, volume, ret, faults);
	volume = virStorageVolCreateXML(pool, step->body, VIR_STORAGE_VOL_CREATE_VALIDATE);
	if (!volume)
		return virt_fault(faults, "cannot make volume \"%s\" in pool \"%s\"",
				  step->argument[1], step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- growing, shrinking, deleting ---- */

static const char *path_of(struct write *write, virStorageVolPtr volume)
{
	VIRT_STRING char *path = virStorageVolGetPath(volume);

	return path && *path == '/' ? arena_strdup(write->arena, path) : NULL;
}

static int volume_size(struct write *write, const struct step *step, virStorageVolPtr volume,
		       uint64_t bytes, struct faults *faults)
{
	bool shrink = string_equal(step->argument[3], "shrink");
	const char *path = path_of(write, volume);
	int grown = path && !shrink ? disk_resize_in_guest(write, path, bytes, faults) : 0;

	if (grown)
		return grown < 0 ? -1 : 0;
	if (virStorageVolResize(volume, bytes, shrink ? VIR_STORAGE_VOL_RESIZE_SHRINK : 0) < 0)
		return virt_fault(faults, "cannot resize volume \"%s\" in pool \"%s\"",
				  step->argument[1], step->argument[0]);
	return 0;
}

int pool_volume_resize_perform(struct write *write, const struct step *step, struct outcome *ret,
			       struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	VIRT_VOLUME virStorageVolPtr volume = NULL;
	virStorageVolInfo info;
	uint64_t bytes = 0;
	int there = argument_number(step, 2, &bytes, faults) < 0
			    ? -1
			    : volume_find(write, step, &pool, &volume, faults);

	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no volume \"%s\" in pool \"%s\"",
			     step->argument[1], step->argument[0]);
	if (there < 0)
		return -1;
	if (virStorageVolGetInfo(volume, &info) < 0)
		return virt_fault(faults, "cannot look at volume \"%s\"", step->argument[1]);
	if (info.capacity == bytes)
		return outcome_is(ret, RESULT_SAME);
	if (info.capacity > bytes && !string_equal(step->argument[3], "shrink"))
		return outcome_why(ret, RESULT_REFUSED, "it is larger by now");
	return volume_size(write, step, volume, bytes, faults) < 0 ? -1
								   : outcome_is(ret, RESULT_DONE);
}

int pool_volume_delete_perform(struct write *write, const struct step *step, struct outcome *ret,
			       struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	VIRT_VOLUME virStorageVolPtr volume = NULL;
	int there = volume_find(write, step, &pool, &volume, faults);

	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	const char *path = path_of(write, volume);
	int held = path ? disk_is_held(write, path, faults) : 0;
	if (held < 0)
		return -1;
	if (held)
		return outcome_why(ret, RESULT_REFUSED,
				   arena_printf(write->arena, "\"%s\" is in use", path));
	if (virStorageVolDelete(volume, 0) < 0)
		return virt_fault(faults, "cannot delete volume \"%s\" in pool \"%s\"",
				  step->argument[1], step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}
