// Making a group, adding a router to it, joining one.
import { addMember, initGroup, joinGroup } from "../api.js";
import { h } from "../view.js";
import { t } from "../i18n.js";
import { mono } from "../parts/bits.js";
import { field, openDialog } from "../parts/dialog.js";
import { toast } from "../parts/toast.js";

const FORMAT = "ntm group authority 1"; // The same file as of "ntm group init".
const hex = { autocomplete: "off", spellcheck: "false", autocapitalize: "none" };

export function openJoin() {
  openDialog({
    title: t("groups.join"),
    submitText: t("groups.joinGo"),
    body: () => [
      h("p", {}, t("groups.joinText")),
      field(t("groups.id"), h("input", { name: "id", required: true, pattern: "\\s*[0-9a-fA-F]{32}\\s*", title: t("groups.idHint"), ...hex }), t("groups.idHint")),
    ],
    async submit(form) {
      const group = await joinGroup(form.get("id").trim().toLowerCase());
      toast(t(group.state === "member" ? "groups.joined" : "groups.asked"));
    },
  });
}

export function openInit() {
  openDialog({
    title: t("groups.init"),
    submitText: t("groups.initGo"),
    body: () => [
      h("p", {}, t("groups.initText")),
      field(t("groups.name"), h("input", { name: "name", required: true, maxlength: "64", autocomplete: "off" })),
      field(t("groups.priority"), h("input", { name: "priority", type: "number", value: "128", min: "0", max: "255" }), t("groups.priorityHint")),
    ],
    async submit(form) {
      const name = form.get("name").trim();
      const made = await initGroup(name, Number(form.get("priority")));
      keep({ format: FORMAT, id: made.id, name, authority: made.authority });
    },
  });
}

// The router has forgotten the authority by now: the file is the only copy.
function keep(file) {
  openDialog({
    title: t("groups.keepTitle", { name: file.name }),
    submitText: t("groups.keepGo"),
    body: () => [
      h("p", {}, t("groups.keepText")),
      h("p", {}, t("groups.id"), " ", mono(file.id)),
    ],
    async submit() {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: "application/json" }));
      link.download = `${file.name}.authority`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      toast(t("groups.kept"));
    },
  });
}

export function openAdd() {
  openDialog({
    title: t("groups.add"),
    submitText: t("groups.addGo"),
    body: () => [
      h("p", {}, t("groups.addText")),
      field(t("groups.file"), h("input", { name: "file", type: "file", required: true, accept: ".authority,application/json" }), t("groups.fileHint")),
      field(t("groups.who"), h("input", { name: "member", required: true, placeholder: "van.example.net", ...hex })),
      field(t("overview.fingerprint"), h("textarea", { name: "fingerprint", required: true, rows: "3", ...hex }), t("groups.fingerprintHint")),
    ],
    async submit(form) {
      const file = await form.get("file").text().then(JSON.parse).catch(() => null);
      if (file?.format !== FORMAT) { throw Object.assign(new Error(t("groups.fileWrong")), { code: "here" }); }
      const member = form.get("member").trim().toLowerCase();
      await addMember(file.authority, member, form.get("fingerprint").replace(/\s/g, "").toLowerCase());
      toast(t("groups.added", { member, id: file.id }));
    },
  });
}
