/* networks.c - libvirt's networks. */
#include <string.h>

#include "host/write/write.h"

/* 1, 0 or -1. */
static int find(struct write *write, const char *name, virNetworkPtr *ret, struct faults *faults)
{
	virConnectPtr connection = virt_connect(&write->virt, faults);

	if (!connection)
		return -1;
	*ret = virNetworkLookupByName(connection, name);
	if (*ret)
		return 1;
	return virt_gone() ? 0 : virt_fault(faults, "cannot look up network \"%s\"", name);
}

/* As find, where it has to be there. */
static int need(struct write *write, const char *name, virNetworkPtr *ret, struct faults *faults)
{
	int there = find(write, name, ret, faults);

	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no network \"%s\"", name);
	return there < 0 ? -1 : 0;
}

/* The definition that survives a restart; NULL where there is none. */
static int definition(struct write *write, virNetworkPtr network, const char **ret,
		      struct faults *faults)
{
	const char *name = virNetworkGetName(network);
	int persistent = virNetworkIsPersistent(network);

	*ret = NULL;
	if (persistent == 0)
		return 0;
	if (persistent < 0)
		return virt_fault(faults, "cannot look at network \"%s\"", name);
	VIRT_STRING char *xml = virt_network_definition(network);
	if (!xml)
		return virt_fault(faults, "cannot read network \"%s\"", name);
	*ret = arena_strdup(write->arena, xml);
	return 0;
}

static int definition_of(struct write *write, const char *name, const char **ret,
			 struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	int there = find(write, name, &network, faults);

	*ret = NULL;
	return there == 1 ? definition(write, network, ret, faults) : there;
}

int network_define_inverse(struct write *write, const struct step *step, struct step *ret,
			   struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_of(write, name, &xml, faults) < 0)
		return -1;
	inverse_of(ret, xml ? VERB_network_define : VERB_network_undefine, name, NULL, NULL);
	return xml ? inverse_body(ret, xml, strlen(xml)) : 0;
}

int network_define_perform(struct write *write, const struct step *step, struct outcome *ret,
			   struct faults *faults)
{
	const char *name = step->argument[0], *before = NULL, *after = NULL;

	if (definition_of(write, name, &before, faults) < 0)
		return -1;
	VIRT_NETWORK virNetworkPtr network =
		virNetworkDefineXML(write->virt.connection, step->body);
	if (!network)
		return virt_fault(faults, "cannot define network \"%s\"", name);
	if (definition(write, network, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}

int network_undefine_inverse(struct write *write, const struct step *step, struct step *ret,
			     struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_of(write, name, &xml, faults) < 0)
		return -1;
	if (!xml)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_network_define, name, NULL, NULL);
	return inverse_body(ret, xml, strlen(xml));
}

int network_undefine_perform(struct write *write, const struct step *step, struct outcome *ret,
			     struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	int there = find(write, step->argument[0], &network, faults);

	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (virNetworkIsPersistent(network) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (virNetworkUndefine(network) < 0)
		return virt_fault(faults, "cannot undefine network \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* 1 active, 0 not (or not there), -1. */
static int is_active(struct write *write, const char *name, struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	int there = find(write, name, &network, faults);

	if (there != 1)
		return there;
	int active = virNetworkIsActive(network);
	return active < 0 ? virt_fault(faults, "cannot look at network \"%s\"", name) : active;
}

int network_start_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_network_stop, step->argument[0], NULL, NULL);
}

int network_start_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;

	if (need(write, step->argument[0], &network, faults) < 0)
		return -1;
	if (virNetworkIsActive(network) == 1)
		return outcome_is(ret, RESULT_SAME);
	if (virNetworkCreate(network) < 0)
		return virt_fault(faults, "cannot start network \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int network_stop_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active <= 0)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_network_start, step->argument[0], NULL, NULL);
}

int network_stop_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	int there = find(write, step->argument[0], &network, faults);

	if (there < 0)
		return -1;
	if (there == 0 || virNetworkIsActive(network) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (virNetworkDestroy(network) < 0)
		return virt_fault(faults, "cannot stop network \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

static int autostart_of(struct write *write, const char *name, virNetworkPtr *ret, int *ret_on,
			struct faults *faults)
{
	if (need(write, name, ret, faults) < 0)
		return -1;
	if (virNetworkGetAutostart(*ret, ret_on) < 0)
		return virt_fault(faults, "cannot see whether network \"%s\" autostarts", name);
	return 0;
}

int network_autostart_inverse(struct write *write, const struct step *step, struct step *ret,
			      struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	const char *name = step->argument[0];
	int on = 0, there = find(write, name, &network, faults);
	bool wanted = false;

	if (there < 0 || argument_flag(step, 1, &wanted, faults) < 0)
		return -1;
	if (there == 1 && virNetworkGetAutostart(network, &on) < 0)
		return virt_fault(faults, "cannot see whether network \"%s\" autostarts", name);
	/* One that is not there yet is undefined again by its own step. */
	if (there == 0 || wanted == (on != 0))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_network_autostart, name, on ? "true" : "false", NULL);
}

int network_autostart_perform(struct write *write, const struct step *step, struct outcome *ret,
			      struct faults *faults)
{
	VIRT_NETWORK virNetworkPtr network = NULL;
	int on = 0;
	bool wanted = false;

	if (argument_flag(step, 1, &wanted, faults) < 0 ||
	    autostart_of(write, step->argument[0], &network, &on, faults) < 0)
		return -1;
	if (wanted == (on != 0))
		return outcome_is(ret, RESULT_SAME);
	if (virNetworkSetAutostart(network, wanted) < 0)
		return virt_fault(faults, "cannot change whether network \"%s\" autostarts",
				  step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}
