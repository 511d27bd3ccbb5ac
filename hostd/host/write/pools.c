/* pools.c - libvirt's storage pools. */
#include <string.h>

#include "host/write/write.h"

/* 1, 0 or -1. */
static int find(struct write *write, const char *name, virStoragePoolPtr *ret,
		struct faults *faults)
{
	virConnectPtr connection = virt_connect(&write->virt, faults);

	if (!connection)
		return -1;
	*ret = virStoragePoolLookupByName(connection, name);
	if (*ret)
		return 1;
	return virt_gone() ? 0 : virt_fault(faults, "cannot look up pool \"%s\"", name);
}

/* As find, where it has to be there. */
static int need(struct write *write, const char *name, virStoragePoolPtr *ret,
		struct faults *faults)
{
	int there = find(write, name, ret, faults);

	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no pool \"%s\"", name);
	return there < 0 ? -1 : 0;
}

/* The definition that survives a restart; NULL where there is none. */
static int definition(struct write *write, virStoragePoolPtr pool, const char **ret,
		      struct faults *faults)
{
	const char *name = virStoragePoolGetName(pool);
	int persistent = virStoragePoolIsPersistent(pool);

	*ret = NULL;
	if (persistent == 0)
		return 0;
	if (persistent < 0)
		return virt_fault(faults, "cannot look at pool \"%s\"", name);
	VIRT_STRING char *xml = virt_pool_definition(pool);
	if (!xml)
		return virt_fault(faults, "cannot read pool \"%s\"", name);
	*ret = arena_strdup(write->arena, xml);
	return 0;
}

static int definition_of(struct write *write, const char *name, const char **ret,
			 struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	int there = find(write, name, &pool, faults);

	*ret = NULL;
	return there == 1 ? definition(write, pool, ret, faults) : there;
}

int pool_define_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_of(write, name, &xml, faults) < 0)
		return -1;
	inverse_of(ret, xml ? VERB_pool_define : VERB_pool_undefine, name, NULL, NULL);
	return xml ? inverse_body(ret, xml, strlen(xml)) : 0;
}

int pool_define_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *name = step->argument[0], *before = NULL, *after = NULL;

	if (definition_of(write, name, &before, faults) < 0)
		return -1;
	VIRT_POOL virStoragePoolPtr pool =
		virStoragePoolDefineXML(write->virt.connection, step->body, 0);
	if (!pool)
		return virt_fault(faults, "cannot define pool \"%s\"", name);
	if (definition(write, pool, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}

int pool_undefine_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_of(write, name, &xml, faults) < 0)
		return -1;
	if (!xml)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_pool_define, name, NULL, NULL);
	return inverse_body(ret, xml, strlen(xml));
}

int pool_undefine_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	int there = find(write, step->argument[0], &pool, faults);

	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (virStoragePoolIsPersistent(pool) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (virStoragePoolUndefine(pool) < 0)
		return virt_fault(faults, "cannot undefine pool \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* 1 active, 0 not (or not there), -1. */
static int is_active(struct write *write, const char *name, struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	int there = find(write, name, &pool, faults);

	if (there != 1)
		return there;
	int active = virStoragePoolIsActive(pool);
	return active < 0 ? virt_fault(faults, "cannot look at pool \"%s\"", name) : active;
}

int pool_start_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pool_stop, step->argument[0], NULL, NULL);
}

int pool_start_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;

	if (need(write, step->argument[0], &pool, faults) < 0)
		return -1;
	if (virStoragePoolIsActive(pool) == 1)
		return outcome_is(ret, RESULT_SAME);
	if (virStoragePoolCreate(pool, 0) < 0)
		return virt_fault(faults, "cannot start pool \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int pool_stop_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active <= 0)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pool_start, step->argument[0], NULL, NULL);
}

int pool_stop_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	int there = find(write, step->argument[0], &pool, faults);

	if (there < 0)
		return -1;
	if (there == 0 || virStoragePoolIsActive(pool) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (virStoragePoolDestroy(pool) < 0)
		return virt_fault(faults, "cannot stop pool \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

static int autostart_of(struct write *write, const char *name, virStoragePoolPtr *ret, int *ret_on,
			struct faults *faults)
{
	if (need(write, name, ret, faults) < 0)
		return -1;
	if (virStoragePoolGetAutostart(*ret, ret_on) < 0)
		return virt_fault(faults, "cannot see whether pool \"%s\" autostarts", name);
	return 0;
}

int pool_autostart_inverse(struct write *write, const struct step *step, struct step *ret,
			   struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	const char *name = step->argument[0];
	int on = 0, there = find(write, name, &pool, faults);
	bool wanted = false;

	if (there < 0 || argument_flag(step, 1, &wanted, faults) < 0)
		return -1;
	if (there == 1 && virStoragePoolGetAutostart(pool, &on) < 0)
		return virt_fault(faults, "cannot see whether pool \"%s\" autostarts", name);
	/* One that is not there yet is undefined again by its own step. */
	if (there == 0 || wanted == (on != 0))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_pool_autostart, name, on ? "true" : "false", NULL);
}

int pool_autostart_perform(struct write *write, const struct step *step, struct outcome *ret,
			   struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	int on = 0;
	bool wanted = false;

	if (argument_flag(step, 1, &wanted, faults) < 0 ||
	    autostart_of(write, step->argument[0], &pool, &on, faults) < 0)
		return -1;
	if (wanted == (on != 0))
		return outcome_is(ret, RESULT_SAME);
	if (virStoragePoolSetAutostart(pool, wanted) < 0)
		return virt_fault(faults, "cannot change whether pool \"%s\" autostarts",
				  step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int pool_refresh_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;

	if (need(write, step->argument[0], &pool, faults) < 0)
		return -1;
	if (virStoragePoolRefresh(pool, 0) < 0)
		return virt_fault(faults, "cannot refresh pool \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}
