var o=require("node:fs"),t=(e=>(e[e.Info=0]="Info",e[e.Warn=1]="Warn",e))(t||{});function*i(n){for(let r=0;r<n;r++)yield{id:r,name:`row ${r}`}}function a(n,r){for(let e of i(r))n.write(JSON.stringify({...e,level:t[0]})+`
`);n.end()}a((0,o.createWriteStream)("/dev/null"),5e3);
