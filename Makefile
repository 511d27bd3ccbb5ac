# Gasthof.  `make help` lists the targets.
#
#   make V=1             shows the commands
#   make CC=clang        another compiler (objects of each stand apart)
#   make SANITIZE=1      AddressSanitizer and UndefinedBehaviourSanitizer

VERSION := 0.1.0

CC       ?= gcc
ifeq ($(origin CC),default)
CC       := gcc
endif
PREFIX   ?= /usr
DESTDIR  ?=
CHECK_BUDGET ?= 40

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' "$(1)" "$(2)";)

# ---- flags -------------------------------------------------------------------

FLAVOUR  := $(notdir $(firstword $(CC)))$(if $(SANITIZE),-sanitize)
B        := build/$(FLAVOUR)
CPPFLAGS += -D_GNU_SOURCE -DGASTHOF_VERSION='"$(VERSION)"' -Ihostd
CFLAGS   ?= -O2 -g
override CFLAGS += -std=gnu17 -Wall -Wextra -Werror -Wno-missing-field-initializers -Wshadow \
	-Wpointer-arith -Wstrict-prototypes -Wvla -Wwrite-strings -fPIC -fno-common \
	-fvisibility=default -fstack-protector-strong
ifdef SANITIZE
override CFLAGS  += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=address,undefined
endif
DEPFLAGS  = -MMD -MP

# ---- sources -----------------------------------------------------------------

# Rooms that never meet the machine, and so need no library that does.
PURE_SRC := $(wildcard $(addprefix hostd/,$(addsuffix /*.c,base document schema resource formats \
	kinds plan report journal engine)))
# host/read holds the interface and the captured machine; what talks to the live one is live*.c.
LIVE_SRC := $(wildcard hostd/host/read/live*.c hostd/host/write/*.c hostd/agent/*.c)
PURE_SRC += $(filter-out $(LIVE_SRC),$(wildcard hostd/host/read/*.c))
MAIN_SRC := $(wildcard hostd/command/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))

PURE_PKG := yaml-0.1 json-c libxml-2.0 libsodium
LIVE_PKG := libvirt libvirt-qemu libsystemd libnftables libmnl libarchive libcurl libkmod libsodium libxml-2.0 json-c
pkg_cflags := $(shell pkg-config --cflags $(PURE_PKG) $(LIVE_PKG) 2>/dev/null)
pkg_libs = $(shell pkg-config --libs $(1))
override CFLAGS += $(pkg_cflags)

.PHONY: all
all: $(B)/gasthof $(B)/host.so build/gasthof ## build the command and the agent

# ---- the program -------------------------------------------------------------

# Everything in the archive goes into the program: host.so finds it there.
$(B)/gasthof: $(call obj,$(MAIN_SRC)) $(B)/libpure.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -rdynamic -Wl,-rpath,'$$ORIGIN:$$ORIGIN/../lib/gasthof' \
		-o $@ $(call obj,$(MAIN_SRC)) -Wl,--whole-archive $(B)/libpure.a -Wl,--no-whole-archive \
		-Wl,--as-needed $(call pkg_libs,$(PURE_PKG)) -ldl

# What meets the machine is loaded only by commands that do (libvirt, libsystemd, libnftables).
$(B)/host.so: $(call obj,$(LIVE_SRC))
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-Bsymbolic -o $@ $^ -Wl,--as-needed $(call pkg_libs,$(LIVE_PKG))

# Whatever was built last, and with which compiler: their times do not say whose the links are.
.PHONY: build/gasthof
build/gasthof: $(B)/gasthof $(B)/host.so
	$(Q)for each in gasthof host.so; do \
		[ "$$(readlink build/$$each)" = $(FLAVOUR)/$$each ] || \
			ln -sfn $(FLAVOUR)/$$each build/$$each; done

$(B)/libpure.a: $(call obj,$(PURE_SRC))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c Makefile
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) $(DEPFLAGS) -c -o $@ $<

.SECONDARY: # objects of tests are kept, they are wanted again
-include $(patsubst %.o,%.d,$(call obj,$(PURE_SRC) $(LIVE_SRC) $(MAIN_SRC) $(wildcard tests/unit/*.c tests/fuzz/*.c tests/live/*.c)))

# ---- pure tests ----------------------------------------------------------------

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(UNIT_SRC))

# What tests share: a rehearsed machine, a kind of their own.
UNIT_HELP := $(call obj,$(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))

# Linked without libvirt, sd-bus or nftables: if it links, it is pure.
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(UNIT_HELP) $(B)/libpure.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(UNIT_HELP) $(B)/libpure.a \
		-Wl,--as-needed $(call pkg_libs,$(PURE_PKG)) -lcmocka -ldl

.PHONY: check-unit
check-unit: $(UNIT) ## unit tests (SANITIZE=1 for the sanitizers)
	$(Q)fail=0; for test in $(UNIT); do \
		if $$test >$$test.log 2>&1; then printf '  %-7s %s\n' PASS $$(basename $$test); \
		else printf '  %-7s %s\n' FAIL $$(basename $$test); cat $$test.log; fail=1; fi; done; exit $$fail

.PHONY: update-cases
update-cases: $(filter %/test_cases_language,$(UNIT)) ## write expected outputs anew, for review as code
	$(Q)UPDATE_CASES=1 $(B)/tests/unit/test_cases_language

FUZZ := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/driver.o $(B)/libpure.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/tests/fuzz/driver.o \
		$(B)/libpure.a -Wl,--as-needed $(call pkg_libs,$(PURE_PKG)) -ldl

.PHONY: check-corpora
check-corpora: $(FUZZ:%=$(B)/tests/fuzz/%) ## the fuzz targets over their committed corpora
	$(Q)fail=0; for name in $(FUZZ); do test=$(B)/tests/fuzz/$$name; \
		if $$test tests/fuzz/corpus/$${name#fuzz_}/* >$$test.log 2>&1; \
		then printf '  %-7s %s\n' PASS $$name; \
		else printf '  %-7s %s\n' FAIL $$name; tail -40 $$test.log; fail=1; fi; done; exit $$fail

# libFuzzer comes with clang (libclang-rt-dev); what it finds worth keeping goes into
# tests/fuzz/corpus by hand, small.
FUZZ_TIME ?= 60
build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(PURE_SRC) $(wildcard hostd/*/*.h)
	$(call say,FUZZ,$@)mkdir -p build/fuzz && clang $(CPPFLAGS) $(CFLAGS) -O1 \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o $@ $< $(PURE_SRC) $(call pkg_libs,$(PURE_PKG)) -ldl

.PHONY: fuzz
fuzz: $(FUZZ:%=build/fuzz/%) ## each fuzz target for FUZZ_TIME=60 seconds
	$(Q)for name in $(FUZZ); do mkdir -p build/fuzz/corpus-$$name; \
		build/fuzz/$$name -max_total_time=$(FUZZ_TIME) -timeout=10 -rss_limit_mb=2000 \
			-print_final_stats=1 -artifact_prefix=build/fuzz/ build/fuzz/corpus-$$name \
			tests/fuzz/corpus/$${name#fuzz_} || exit 1; done

# ---- tests of what meets the machine -------------------------------------------

# One program per file; root, in namespaces of their own.  tests/host runs them in a container too,
# where they find systemd and libvirtd.
LIVE_TEST := $(patsubst %.c,$(B)/%,$(wildcard tests/live/test_*.c))
$(LIVE_TEST): $(B)/tests/live/%: $(B)/tests/live/%.o $(B)/tests/live/live_help.o $(call obj,$(LIVE_SRC)) $(B)/libpure.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ \
		-Wl,--as-needed $(call pkg_libs,$(PURE_PKG) $(LIVE_PKG)) -lcmocka -ldl

.PHONY: live-tests check-live
live-tests: $(LIVE_TEST)
check-live: $(LIVE_TEST) ## verbs that need root but no systemd or libvirtd
	$(Q)fail=0; for test in $(LIVE_TEST); do status=0; $$test >$$test.log 2>&1 || status=$$?; \
		case $$status in 0) word=PASS ;; 77) word=SKIP ;; *) word=FAIL; fail=1 ;; esac; \
		printf '  %-7s %s\n' $$word $$(basename $$test); \
		if [ $$status != 0 ]; then cat $$test.log; fi; done; exit $$fail

.PHONY: coverage
coverage: ## docs/coverage.md: where each row of the catalogue is covered
	$(Q)tests/coverage

.PHONY: check-command
check-command: $(B)/gasthof $(B)/host.so ## the program itself: what it says and what it loads
	$(Q)GASTHOF=$(B)/gasthof /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/command

.PHONY: check-pure
check-pure: check-unit check-corpora check-command ## everything that needs no root, in seconds

# $(GASTHOF_CORPUS): a folder with libvirt's own test inputs (libvirt-*/domains and so on).
.PHONY: corpus
corpus: build/gasthof ## how much of other people's libvirt XML the language holds
	$(Q)tests/corpus/measure.py --floor 100,90 $(if $(V),--verbose) || test $$? = 77

.PHONY: corpus-host
corpus-host: ## what of it a real libvirt takes, described and taken over on a host of its own (root)
	$(Q)tests/host/corpus.py $(if $(V),--verbose) || test $$? = 77

# As many documents of each kind, made at random from libvirt's schemas; another SEED makes others.
MADE ?= 3000
SEED ?= 1
.PHONY: corpus-made
corpus-made: build/gasthof ## import, validate and render MADE=3000 machine-made documents of each kind
	$(Q)tests/corpus/made.py --schemas $(SCHEMAS) --seed $(SEED) --count $(MADE) --keep build/made || test $$? = 77
	$(Q)tests/corpus/rendered.py --seed $(SEED) --count $(MADE) --keep build/made

ROUNDS ?= 20
.PHONY: converge
converge: build/gasthof ## guests that are changed at random on a real libvirt, for ROUNDS=20 walks from SEED on (root)
	$(Q)tests/host/converge.py --seed $(SEED) --rounds $(ROUNDS)
	$(Q)tests/host/converge_running.py --seed $(SEED) --rounds $(ROUNDS)

# $(SCHEMAS): libvirt's own, of the version that the page is about.
SCHEMAS ?= /usr/share/libvirt/schemas
.PHONY: guest-coverage
guest-coverage: build/gasthof ## docs/guest-coverage.md: what of libvirt's domain schema the language has
	$(Q)tests/corpus/coverage.py --schemas $(SCHEMAS) >build/guest-coverage.md
	$(Q)mv build/guest-coverage.md docs/guest-coverage.md

# ---- lint ------------------------------------------------------------------------

C_FILES  = $(shell find hostd tests -name '*.[ch]' -not -path '*/build/*' | sort)
SH_FILES = $(shell grep -rlE '^\#!/bin/(ba)?sh|^\#!/usr/bin/env bash' --exclude-dir=build --exclude-dir=.git . | sort)

.PHONY: lint format
lint: ## walls, formatting, shellcheck, lengths
	$(Q)cd hostd && awk -f ../tests/lint/rooms.awk ROOMS $$(find * -name '*.[ch]' -o -name '*.def' | sort)
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(Q)awk -v most=40 -v refuse=80 -v file_most=500 -v file_refuse=800 -f tests/lint/lengths.awk $(filter %.c,$(C_FILES))
	$(Q)$(if $(SH_FILES),shellcheck -x $(SH_FILES),true)

format: ## put clang-format's layout on every C file
	$(Q)clang-format -i $(C_FILES)

# ---- installing ------------------------------------------------------------------

# Of the image's own files (rootfs/), those that every host with hostd on it needs.
INTEGRATION := lib/systemd/system/gasthof.service lib/systemd/system/gasthof-dnsmasq@.service \
	lib/systemd/system/gasthof-firewall.service lib/systemd/system/gasthof-devices.service \
	lib/systemd/system/gasthof-guests.service lib/systemd/system/gasthof-guests-start.service \
	lib/systemd/network/00-gasthof-guests.network lib/systemd/networkd.conf.d/00-gasthof.conf \
	$(patsubst %,lib/systemd/system/gasthof-%,healthy.service kept.service trial.service trial.timer) \
	lib/sysusers.d/gasthof.conf lib/tmpfiles.d/gasthof.conf share/dbus-1/system.d/org.gasthof.Host1.conf \
	share/bash-completion/completions/gasthof

INTEGRATION_LINKS := $(patsubst %,lib/systemd/system/%,multi-user.target.wants/gasthof-healthy.service \
	multi-user.target.wants/gasthof-guests.service multi-user.target.wants/gasthof-guests-start.service \
	multi-user.target.wants/gasthof-kept.service sysinit.target.wants/gasthof-trial.timer \
	boot-complete.target.requires/gasthof-healthy.service)

.PHONY: install deb deb-12 deb-13
install: all ## install into DESTDIR
	$(Q)install -D -m 755 $(B)/gasthof $(DESTDIR)$(PREFIX)/bin/gasthof
	$(Q)install -D -m 755 $(B)/host.so $(DESTDIR)$(PREFIX)/lib/gasthof/host.so
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/sbin && ln -sf ../bin/gasthof $(DESTDIR)$(PREFIX)/sbin/hostd
	$(Q)for file in $(INTEGRATION); do \
		install -D -m 644 rootfs/usr/$$file $(DESTDIR)$(PREFIX)/$$file || exit 1; done
	$(Q)for link in $(INTEGRATION_LINKS); do mkdir -p $(DESTDIR)$(PREFIX)/$$(dirname $$link) && \
		cp -P rootfs/usr/$$link $(DESTDIR)$(PREFIX)/$$link || exit 1; done
	$(Q)install -D -m 644 docs/man/gasthof.8 $(DESTDIR)$(PREFIX)/share/man/man8/gasthof.8
	$(Q)ln -sf gasthof.8 $(DESTDIR)$(PREFIX)/share/man/man8/hostd.8
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/share/man/man5 && \
		$(B)/gasthof explain --manual >$(DESTDIR)$(PREFIX)/share/man/man5/gasthof.yaml.5
	$(Q)install -D -m 644 docs/guests.md $(DESTDIR)$(PREFIX)/share/doc/gasthof/guests.md
	$(Q)for file in $(wildcard config/*.yaml config/fleet/*.xml); do \
		install -D -m 644 $$file $(DESTDIR)$(PREFIX)/share/doc/gasthof/examples/$${file#config/} || exit 1; done

# ---- what must be installed, and all tiers of tests ------------------------------

# What Debian 13 has: another compiler, libvirt, json-c, libxml2.
.PHONY: check-unit-13
check-unit-13: ## unit tests with Debian 13's compiler and libraries (root)
	$(Q)recipes/roots enter tools -b $(CURDIR) -- \
		$(MAKE) --no-print-directory -C $(CURDIR) FLAVOUR=debian-13 check-unit

.PHONY: deps check check-all check-host check-metal
deps: ## install the Debian packages that everything below needs
	$(Q)recipes/deps

# Sub-makes, because flags come from pkg-config, which may only just have been installed.
check: deps ## every tier of tests, the most telling within CHECK_BUDGET (40) minutes
	$(Q)tests/run --budget $(CHECK_BUDGET)

check-all: deps ## every test there is
	$(Q)tests/run

check-host: deps ## tests on a real Debian 13 in a container (root)
	$(Q)tests/run host

check-metal: deps ## tests on an emulated bare-metal machine (root)
	$(Q)tests/run metal

deb: deb-12 deb-13 ## Debian packages, in build/deb
deb-12 deb-13: deb-%: deps
	$(Q)installer/deb/build $*

# ---- images ----------------------------------------------------------------------

.PHONY: image media guest-images
image: deb-13 ## the appliance's disk image: build/gasthof.raw (root)
	$(Q)recipes/appliance/build $(VERSION)

# DESCRIPTION=host.yaml OUT=file FILES="source[:name] ..." SIZE=12G
# DESCRIPTION= makes build/bare.raw, which reports what the machine it boots can do
DESCRIPTION ?= config/demo.yaml
OUT ?= build/$(or $(basename $(notdir $(DESCRIPTION))),bare).raw
media: image ## build/NAME.raw: the image with DESCRIPTION (and FILES) stamped onto it
	$(Q)installer/stamp build/gasthof.raw $(or $(DESCRIPTION),--bare) -o $(OUT) $(addprefix --file ,$(FILES)) \
		$(if $(SIZE),--size $(SIZE))

guest-images: ## the guest test images: build/guest-small.qcow2, build/guest-debian.qcow2
	$(Q)recipes/guest/build small
	$(Q)recipes/guest/build debian

.PHONY: demo
demo: deps ## build everything, boot it under firmware, see a guest answer HTTP (root)
	$(Q)recipes/demo

# ---- housekeeping ----------------------------------------------------------------

.PHONY: clean help
clean: ## remove build/
	$(Q)rm -rf build

help: ## this list
	$(Q)awk -F ':.*## ' '/^[a-z0-9-]+( [a-z0-9-]+)*:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
