// Photos and documents of an escalation: added with a bar for each, opened one by one.

import { Refusal, sentenceOf } from "./api.js";
import { find, nearest } from "./find.js";
import { Upload, lightened } from "./uploads.js";
import { t } from "./words.js";

/** @type {Record<string, () => string>} */
const WHY = {
  no_such_type: () => t("只能添加照片（JPEG、PNG、WebP、HEIC）和 PDF：请拍照，或另存为其中一种。"),
  broken: () => t("这个文件已损坏，或没有传完整：请先打开看看，再添加一次。"),
  too_many_pixels: () => t("照片太大：请在相机设置里选小一点的尺寸，或截图后再添加。"),
};

/** @param {unknown} fault */
function whyNot(fault) {
  if (!(fault instanceof Refusal)) return sentenceOf(fault);
  if (fault.status === 413) return t("文件超过 12 MB：请选小一点的尺寸，或截图后再添加。");
  if (fault.status === 507) return t("服务器磁盘已满，没有保存。请留着文件，告诉管理员，稍后再添加。");
  if (fault.status === 409 && fault.kind === "Conflict") return t("这里的文件已满 30 个：请先删除一个用不着的。");
  return WHY[String(fault.facts.reason)]?.() ?? fault.message;
}

/** One line below the button: what comes, how far it is, and what to do where it did not. */
class Coming {
  /**
   * @param {File} file
   * @param {string} path
   */
  constructor(file, path) {
    this.row = document.createElement("li");
    this.row.className = "file-coming well";
    this.row.dataset.testid = "file-coming";
    this.words = document.createElement("p");
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.again = document.createElement("button");
    this.again.type = "button";
    this.again.className = "button";
    this.again.textContent = t("再试一次");
    this.again.hidden = true;
    this.again.addEventListener("click", () => void this.go());
    this.row.append(this.words, this.bar, this.again);
    this.name = file.name;
    this.bar.setAttribute("aria-label", file.name);
    this.upload = lightened(file).then((body) => new Upload(path, body, (part) => this.tell(part)));
  }

  /** @param {number} part */
  tell(part) {
    this.bar.value = part;
    this.words.textContent = part < 1 ? t("正在上传 {name}", { name: this.name }) : t("正在加密保存 {name}", { name: this.name });
  }

  async go() {
    this.again.hidden = true;
    this.bar.hidden = false;
    this.tell(0);
    try {
      await (await this.upload).send();
      this.row.remove();
      document.body.dispatchEvent(new CustomEvent("files:changed"));
    } catch (fault) {
      this.bar.hidden = true;
      this.words.textContent = `${this.name}: ${whyNot(fault)}`;
      this.again.hidden = !(fault instanceof Refusal && (fault.passing || fault.status === 409));
    }
  }
}

/** @param {HTMLButtonElement} button */
function openPicture(button) {
  const box = find("[data-picture]", HTMLElement, button.closest("li") ?? undefined);
  const address = box.dataset.picture ?? "";
  const [link, picture] = [document.createElement("a"), document.createElement("img")];
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  picture.src = `${address}?small=true`;
  picture.alt = box.dataset.says ?? "";
  picture.addEventListener("error", () => box.replaceChildren(button));
  link.append(picture);
  box.replaceChildren(link);
  link.focus();
}

/** @param {HTMLElement} element */
export function mount(element) {
  const input = find("#file-input", HTMLInputElement, element);
  const coming = find("#files-coming", HTMLElement, element);

  async function chosen() {
    const rows = [...(input.files ?? [])].map((file) => new Coming(file, element.dataset.files ?? ""));
    input.value = ""; // the same one can be chosen again
    coming.append(...rows.map((one) => one.row));
    for (const one of rows) await one.go(); // one after the other: a bad line carries one
  }

  /** @param {Event} event */
  function clicked(event) {
    const button = nearest(event, "[data-open-picture]", HTMLButtonElement);
    if (button) openPicture(button);
  }

  const choose = () => void chosen();
  input.addEventListener("change", choose);
  element.addEventListener("click", clicked);
  if (input.files?.length) choose(); // chosen before this script came
  return () => {
    input.removeEventListener("change", choose);
    element.removeEventListener("click", clicked);
  };
}
