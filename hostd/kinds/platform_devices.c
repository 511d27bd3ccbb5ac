/* platform_devices.c - devices that are part of the machine. */
#include "kinds/platform_look.h"

enum capability_state look_tpm(struct looking *looking, const struct capability_row *row)
{
	const char *version = NULL;
	int there = look_line(looking, "/sys/class/tpm/tpm0/tpm_version_major", &version);

	(void)row;
	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (!there)
		return look_says(looking, CAPABILITY_ABSENT, "no /sys/class/tpm/tpm0");
	return look_says(looking, *version == '2' ? CAPABILITY_PRESENT : CAPABILITY_ABSENT,
			 "/sys/class/tpm/tpm0 is a TPM %s", version);
}
