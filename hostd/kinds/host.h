/* host.h - the files of the kind host, among themselves. */
#pragma once

#include "host/read/host.h"
#include "resource/desired.h"

struct host_settings {
	struct given given;
	const char *name;
	const char *timezone;
	struct text_list ntp;
	bool ntp_enabled, ntp_runs;
	bool key_folder; /* sshd also reads keys from /etc/ssh/authorized_keys.d */
	/* Observed; not in the table. */
	const char *ntp_text; /* our drop-in; NULL: not there */
	bool ntp_there;       /* systemd-timesyncd is installed */
};

extern const struct record host_record;

/* The time zone and the time servers. */
void host_complete_time(struct item *item, struct desired *desired, struct faults *faults);
void host_check_time(const struct item *item, const struct desired *desired, struct faults *faults);
int host_observe_time(struct host *host, struct host_settings *configured,
		      struct host_settings *running, struct faults *faults) MUST_CHECK;
int host_plan_time(const struct change *change, struct steps *steps,
		   struct faults *faults) MUST_CHECK;
