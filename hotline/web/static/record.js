// The record: saved while it is written. Risk only rises here; lowering it is a supervisor's.

import { send } from "./api.js";
import { fieldsOf } from "./commands.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const QUIET_MS = 1200;

function closeLadder(form) {
  const steps = [...form.querySelectorAll("[data-ladder] input")];
  const chosen = steps.findIndex((step) => step.checked);
  steps.forEach((step, place) => (step.disabled = place < chosen));
}

function keepToMost(group) {
  const boxes = [...group.querySelectorAll("input")];
  const full = boxes.filter((box) => box.checked).length >= Number(group.dataset.most);
  for (const box of boxes) box.disabled = full && !box.checked;
}

function complete(fields) {
  return Boolean(fields.contact_type && fields.disposition);
}

/** Called by the shell when the form is there; returns how to let go of it. */
export function mount(form) {
  const state = form.querySelector("[data-save-state]");
  let timer = null;
  let unsaved = false;

  const say = (words) => (state.textContent = words);

  async function save(ready) {
    clearTimeout(timer);
    const fields = { ...fieldsOf(form), ready };
    fields.risk ??= form.querySelector("[name=risk]:checked")?.value ?? "not_assessed";
    if (!complete(fields)) return say(t("选好来电类型和处理结果后自动保存"));
    say(t("保存中…"));
    await send("PUT", `/calls/${form.dataset.call}/record`, fields);
    unsaved = false;
    say(t("已保存"));
    return true;
  }

  const saveQuietly = () => save(false).catch(() => say(t("还没有保存，稍后自动再试")) && changed());
  function changed() {
    unsaved = true;
    closeLadder(form);
    form.querySelectorAll("[data-most]").forEach(keepToMost);
    clearTimeout(timer);
    timer = setTimeout(saveQuietly, QUIET_MS);
  }

  async function finish(event) {
    event.preventDefault();
    try {
      if (!(await save("ready" in (form.querySelector("[type=submit]")?.dataset ?? {})))) {
        return toast(t("请先选好来电类型和处理结果。"), "problem");
      }
      window.htmx.ajax("GET", form.dataset.rest, { target: "#main", select: "#main", swap: "outerHTML" });
    } catch (refusal) {
      toast(refusal.message, "problem");
    }
  }

  const keys = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && finish(event);
  const stay = (event) => unsaved && event.preventDefault();
  form.addEventListener("input", changed);
  form.addEventListener("submit", finish);
  form.addEventListener("keydown", keys);
  window.addEventListener("beforeunload", stay);
  closeLadder(form);
  form.querySelectorAll("[data-most]").forEach(keepToMost);
  if (form.dataset.saved) say(t("已保存"));
  return () => {
    clearTimeout(timer);
    window.removeEventListener("beforeunload", stay);
    if (unsaved) save(false).catch(() => toast(t("最后几个字没有保存，请打开记录看一眼。"), "problem"));
  };
}
