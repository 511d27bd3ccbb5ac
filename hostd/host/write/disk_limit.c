/* disk_limit.c - how much a disk of a guest may move in a second, configured and running.
 *
 * libvirt knows the limits by the names of their elements (virDomainSetBlockIoTune).
 */
#include <stdlib.h>

#include "formats/device.h"
#include "host/write/devices.h"

static const char *const numbers[] = {
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX,
	VIR_DOMAIN_BLOCK_IOTUNE_SIZE_IOPS_SEC,
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX_LENGTH,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX_LENGTH,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX_LENGTH,
	VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX_LENGTH,
	VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX_LENGTH,
	VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX_LENGTH,
};
#define GROUP VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME

/* What the disk's XML says of a limit, or NULL; a limit of 0 is none. */
static const char *limit_of(struct write *write, const char *xml, const char *name)
{
	const char *place = arena_printf(write->arena, "iotune/%s", name);
	const char *text = device_text(write->arena, xml, place);

	return string_equal(text, "0") ? NULL : text;
}

static bool limits_equal(struct write *write, const char *a, const char *b)
{
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (!string_equal(limit_of(write, a, numbers[i]), limit_of(write, b, numbers[i])))
			return false;
	const char *group = limit_of(write, a, GROUP);
	return !group || string_equal(group, limit_of(write, b, GROUP));
}

/* A burst's length goes with its burst: one that is not said is not sent. */
static int parameters_make(struct write *write, const char *xml, virTypedParameterPtr *ret,
			   int *ret_count)
{
	int room = 0, added = 0;
	const char *group = limit_of(write, xml, GROUP);

	for (size_t i = 0; i < COUNT_OF(numbers) && added == 0; i++) {
		const char *text = limit_of(write, xml, numbers[i]);
		if (text || !string_ends(numbers[i], "_length"))
			added = virTypedParamsAddULLong(ret, ret_count, &room, numbers[i],
							text ? strtoull(text, NULL, 10) : 0);
	}
	if (group && added == 0)
		added = virTypedParamsAddString(ret, ret_count, &room, GROUP, group);
	return added;
}

int disk_limit_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (!device.in || limits_equal(write, step->body, device.xml))
		return inverse_nothing(write, step, ret, faults);
	return device_as_it_was(step, &device, VERB_disk_limit, ret);
}

int disk_limit_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;
	virTypedParameterPtr parameters = NULL;
	int count = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (!scope || (device.in == scope && limits_equal(write, step->body, device.xml)))
		return outcome_is(ret, RESULT_SAME);
	const char *target = device.in ? device_text(write->arena, device.xml, "target@dev") : NULL;
	if (!target)
		return fault(faults, FAULT_MOVED, "domain \"%s\" has no disk \"%s\"",
			     step->argument[0], step->argument[1]);
	int set = parameters_make(write, step->body, &parameters, &count);
	if (set == 0)
		set = virDomainSetBlockIoTune(domain, target, parameters, count, device.in);
	int result = set < 0 ? device_failed(write, domain, step, scope, "limit", ret, faults)
			     : outcome_is(ret, RESULT_DONE);
	virTypedParamsFree(parameters, count);
	return result;
}
