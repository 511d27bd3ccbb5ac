/* sriov.h - the files of the kind sriov, among themselves. */
#pragma once

#include "kinds/pci.h"
#include "resource/desired.h"

struct sriov_vf {
	struct given given;
	struct mac mac;
	uint32_t vlan;
	bool trust, spoof_check;
	struct rate rate;
	const char *link_state;
};

struct sriov {
	struct given given;
	const char *link; /* which card: its link's handle or name, or its address */
	struct pci pci;
	uint32_t vfs;
	bool trust, spoof_check, host_driver;
	struct map vf; /* of struct sriov_vf, by number */
	/* implied */
	struct pci address;         /* the card on this machine */
	bool up;                    /* its link */
	bool early;                 /* its functions come without the host's driver at boot */
	struct text_list functions; /* its virtual functions, in order of their numbers */
	struct text_list other;
	/* Not in the table */
	const char *file_text, *early_text; /* our files as they are; NULL: there is none */
	bool unit;                          /* DEVICES_UNIT is enabled */
	const struct pci_machine *machine;
	const struct pci_function *function;
	const char *device;     /* the link's name; NULL: it has none */
	struct mac mac;         /* it was made with */
	bool used;              /* the link is in use (pci_link_is_used) */
	struct text_list links; /* of virtual functions that the host itself uses */
};

extern const struct record sriov_record, sriov_vf_record;
extern const struct kind sriov_kind;

/* The file that makes them at each boot, systemd.link(5). */
const char *sriov_file_path(struct arena *arena, const char *handle);
const char *sriov_file(struct arena *arena, const char *handle, const struct sriov *sriov);
/* What keeps the host's driver from them before they are made at a boot, tmpfiles.d(5). */
const char *sriov_early_path(struct arena *arena, const char *handle);
const char *sriov_early(struct arena *arena, const char *handle, const struct sriov *sriov);
/* Reads what sriov_file wrote; what it cannot have written becomes `other`. */
void sriov_file_read(struct arena *arena, const char *handle, const char *text,
		     struct sriov *sriov);

int sriov_observe(struct host *host, struct items *configured, struct items *running,
		  struct faults *faults) MUST_CHECK;
int sriov_plan(const struct change *change, struct steps *steps, struct faults *faults) MUST_CHECK;
