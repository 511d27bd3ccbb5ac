/* captured_processor.c - what the captured machine's processor and its KVM answered. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/read/captured.h"

/* A capture that tells of the device alone had a driver behind it, as a machine mostly has. */
int captured_kvm(struct host *host, struct host_kvm *ret, struct faults *faults)
{
	struct host_file file = {};
	struct node *said = NULL;

	if (captured_failing(captured_of(host), "kvm", faults) < 0)
		return -1;
	int there = captured_json(captured_of(host), "kvm.json", &said, faults);
	if (there < 0)
		return -1;
	if (!there && host_stat(host, "/dev/kvm", &file, faults) != 1)
		return fault(faults, FAULT_HOST, "/dev/kvm was not asked in this capture");
	if (!captured_flag(said, "there", true))
		return 0;
	*ret = (struct host_kvm){
		.api = (int)captured_number(said, "api", 10, 12),
		.vcpus = (unsigned)captured_number(said, "vcpus", 10, 0),
		.max_vcpus = (unsigned)captured_number(said, "max_vcpus", 10, 0),
	};
	return 1;
}

/* What processor.json says at `map`, `number`; NULL and a fault where that was not captured. */
static const char *processor_said(struct host *host, const char *map, uint32_t number,
				  struct faults *faults)
{
	struct captured *captured = captured_of(host);
	struct node *all = NULL;

	if (captured_failing(captured, map, faults) < 0 ||
	    captured_json(captured, "processor.json", &all, faults) < 0)
		return NULL;
	const char *key = arena_printf(host->arena, "0x%" PRIx32, number);
	const char *text = captured_text(node_get(all, map), key, NULL);
	if (!text)
		(void)fault(faults, FAULT_HOST, "%s %s was not captured", map, key);
	return text;
}

int captured_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret, struct faults *faults)
{
	const char *text = processor_said(host, "cpuid", leaf, faults);
	struct host_cpuid seen = {};

	if (!text)
		return -1;
	if (sscanf(text, "%" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32, &seen.eax, &seen.ebx,
		   &seen.ecx, &seen.edx) != 4)
		return 0; /* "none" */
	*ret = seen;
	return 1;
}

int captured_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults)
{
	const char *text = processor_said(host, "msr", number, faults);
	char *end = NULL;

	if (!text)
		return -1;
	uint64_t value = strtoull(text, &end, 16);
	if (end == text)
		return 0;
	*ret = value;
	return 1;
}
