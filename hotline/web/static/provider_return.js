// The window in which somebody proved to the identity provider who they are: tells the one that
// asked, which stands at the same site whatever lies between, and goes away.

const channel = new BroadcastChannel("hotline-identity");
channel.postMessage("confirmed");
channel.close();
window.close();
