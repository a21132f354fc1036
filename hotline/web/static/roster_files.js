// Files of the roster: taken out, and brought in after a check; and the link of one's own calendar.

import { send, sentenceOf } from "./api.js";
import { mount as mountDownloads } from "./downloads.js";
import { find } from "./find.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const PATIENCE = 30000; // a large file is checked row by row
const SHOWN = 20; // of what is wrong: more is not read at once
const ABOUT = "roster";

/** @typedef {{ row: number, column: string, value: string, said: string }} Fault */
/** @typedef {{ shifts: number, leaves: number, faults: Fault[], faulty: number }} Checked */
/** @typedef {{ open: boolean, made_at: string | null, read_at: string | null }} Feed */

const HERE = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short", hour12: false });

/** @param {Fault} fault */
function line({ row, column, value, said }) {
  const item = document.createElement("li");
  const place = column ? t("第 {row} 行「{column}」", { row, column }) : t("第 {row} 行", { row });
  item.textContent = `${place}${t("：")}${value ? `${value} ` : ""}${said}`;
  return item;
}

class ImportForm {
  #said;
  #now;
  #file;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#said = find("[data-import-said]", HTMLElement, root);
    this.#now = find("[data-import-now]", HTMLButtonElement, root);
    this.#file = find("[data-import-file]", HTMLInputElement, root);
    this.#file.addEventListener("change", () => void this.#check());
    this.#now.addEventListener("click", () => void this.#bring());
  }

  get #chosen() {
    return this.#file.files?.[0];
  }

  async #check() {
    this.#now.hidden = true;
    this.#said.replaceChildren();
    if (!this.#chosen) return;
    this.#said.textContent = t("正在检查…");
    try {
      this.#tell(/** @type {Checked} */ (await send("POST", "/roster/imports/check", this.#chosen, { patience: PATIENCE })));
    } catch (refusal) {
      this.#said.textContent = sentenceOf(refusal);
    }
  }

  /** @param {Checked} checked */
  #tell({ shifts, leaves, faults, faulty }) {
    const head = document.createElement("p");
    head.textContent = faulty
      ? t("有 {n} 处错，什么都没有排。改好后再选一次文件。", { n: faulty })
      : t("没有错：会排 {shifts} 班，申请 {leaves} 次休假。", { shifts, leaves });
    const list = document.createElement("ul");
    list.append(...faults.slice(0, SHOWN).map(line));
    this.#said.replaceChildren(head, list);
    this.#now.hidden = faulty > 0;
  }

  async #bring() {
    this.#now.disabled = true;
    try {
      await send("POST", "/roster/imports", this.#chosen, { patience: PATIENCE });
      this.#file.value = "";
      this.#said.replaceChildren();
      this.#now.hidden = true;
      toast(t("已导入"), "done", ABOUT);
      document.body.dispatchEvent(new CustomEvent("roster:changed"));
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
    } finally {
      this.#now.disabled = false;
    }
  }
}

class FeedLink {
  #said;
  #end;
  #link;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#said = find("[data-feed-said]", HTMLElement, root);
    this.#end = find("[data-end-feed]", HTMLButtonElement, root);
    this.#link = find("[data-feed-link]", HTMLElement, root);
    this.#end.addEventListener("click", () => void this.#tried(() => this.#close()));
    find("[data-open-feed]", HTMLButtonElement, root).addEventListener("click", () => void this.#tried(() => this.#open()));
    void this.#tried(() => this.#look());
  }

  /** @param {() => Promise<void>} act */
  async #tried(act) {
    try {
      await act();
    } catch (refusal) {
      toast(sentenceOf(refusal), "problem", ABOUT);
    }
  }

  async #look() {
    const { open, read_at: readAt } = /** @type {Feed} */ (await send("GET", "/roster/feed"));
    this.#end.hidden = !open;
    const read = readAt ? t("日历最近一次来看：{when}。", { when: HERE.format(new Date(readAt)) }) : t("还没有日历来看过。");
    this.#said.textContent = open ? t("链接开着。") + read : t("现在没有链接。");
  }

  async #open() {
    const { url } = /** @type {{ url: string }} */ (await send("POST", "/roster/feed"));
    const field = find("input", HTMLInputElement, this.#link);
    this.#link.hidden = false;
    field.value = url;
    field.select();
    await this.#look();
  }

  async #close() {
    await send("DELETE", "/roster/feed");
    this.#link.hidden = true;
    await this.#look();
  }
}

/** @param {HTMLElement} element */
export function mount(element) {
  const imports = element.querySelector("[data-import]");
  if (imports instanceof HTMLElement) new ImportForm(imports);
  new FeedLink(find("[data-feed]", HTMLElement, element));
  return mountDownloads(element);
}
